"""Crossroads that carts come to and that send out one of their own: what one of them says, all others hear."""
import asyncio
import logging
import socket
import sys


class Cart:

    def __init__(self, roads, reader=None, writer=None, port=None):
        self.reader = reader
        self.writer = writer
        self.unsent = []  # until there is a connection
        self.closed = False
        self.roads = roads
        if writer is not None:
            self.push(b"good day\n")
        else:
            self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        connects = self.writer is None  # was not accepted
        if connects:
            try:
                self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
            except OSError:
                logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
                if not self.closed:
                    self.handle_close()
                return
        unread = bytearray()  # received behind what was handled
        try:
            self.writer.write(b"".join(self.unsent))
            if connects:
                self.handle_connect()
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)
        if not self.closed and self.writer.is_closing():
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_connect(self):
        self.push(b"we come\n")

    def found_terminator(self, cry):
        if cry == b"farewell":
            self.roads.carts.discard(self)
            self.close()
            return
        for cart in self.roads.carts:
            if cart is not self:
                cart.push(cry + b"\n")

    def handle_close(self):
        self.roads.carts.discard(self)
        self.close()


class Crossroads:

    def __init__(self, port):
        self.carts = set()
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        session = Cart(self, reader, writer)
        self.carts.add(session)
        await session.run()

    def send_out(self, port):
        self.carts.add(tasks.start(Cart(self, port=port)))


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def receive_until(reader, unread, terminator):
    """Return the data before *terminator*, however long; *unread* keeps what was received behind it."""
    searched = 0
    while (size := unread.find(terminator, searched)) < 0:
        searched = max(len(unread) - len(terminator) + 1, 0)
        if not (received := await receive_some(reader)):
            raise asyncio.IncompleteReadError(bytes(unread), None)
        unread += received
    data, unread[: size + len(terminator)] = bytes(unread[:size]), b""
    return data


class Tasks:
    """Clients and servers that run side by side, and may start more clients."""

    def __init__(self):
        self.waiting, self.running = [], set()
        self.ended = None  # a queue, once there is a loop

    def start(self, client):
        """Run *client* beside the others, at once or as soon as there is a loop; return it."""
        if self.ended is None:
            self.waiting.append(client)
        else:
            self.add(client.run())
        return client

    def add(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.running.add(task)
        task.add_done_callback(self.ended.put_nowait)

    async def run(self, *coroutines):
        """Run coroutines, and what is started, until the last of it has ended."""
        self.ended = asyncio.Queue()
        for coroutine in (*coroutines, *(client.run() for client in self.waiting)):
            self.add(coroutine)
        while self.running:
            self.running.remove(task := await self.ended.get())
            task.result()  # an error ends the program


tasks = Tasks()


if __name__ == "__main__":
    crossroads = Crossroads(int(sys.argv[1]))
    crossroads.send_out(int(sys.argv[2]))
    asyncio.run(tasks.run(crossroads.serve_forever()))
