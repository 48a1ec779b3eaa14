"""Milk from door to dairy and back: who hangs up lets go of the other end first, and then still looks for it."""
import asyncio
import contextlib
import logging
import socket
import sys


class Doorstep:
    def __init__(self, reader, writer, dairy):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.dairy = dairy
        dairy.doorstep = self
        self.orders = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await self.reader.read(4096)
                if not data or not self.connected:
                    break
                self.handle_read(data)
                if self.dairy is not None:
                    await self.dairy.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            if self.connected:
                self.handle_close()
            return
        if self.connected:
            self.handle_close()
            try:
                self.handle_read(b"")  # the end, which recv() returned like any other data
            except Exception:
                logging.getLogger(__name__).exception("uncaught exception, closing the connection")
                self.handle_close()

    def send(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    async def drain(self):
        """Wait until the peer has taken what it was sent, or has gone."""
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def handle_read(self, order):
        self.orders += len(order)
        self.dairy.send(order)

    def handle_close(self):
        print("no more orders after", self.orders)
        self.close()
        if self.dairy:
            self.dairy.close()
            self.dairy = None


class Dairy:
    def __init__(self, address):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False
        self.doorstep = None
        self.addr = address
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(self.addr[0])

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            while not self.closed:
                data = await self.reader.read(4096)
                if not data:
                    break
                self.handle_read(data)
                await self.doorstep.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def send(self, data):
        """Send *data*, as soon as there is a connection."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)

    async def drain(self):
        """Wait until the peer has taken what it was sent, or has gone."""
        if self.writer is not None:
            with contextlib.suppress(ConnectionError):
                await self.writer.drain()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_read(self, data):
        self.doorstep.send(data)

    def handle_close(self):
        print("no more milk")
        self.close()
        self.doorstep.close()


class Round:
    def __init__(self, port, dairy):
        self.dairy = ("127.0.0.1", dairy)
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accepted(self, reader, writer):
        await Doorstep(reader, writer, tasks.start(Dairy(self.dairy))).run()


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
    asyncio.run(tasks.run(Round(int(sys.argv[1]), int(sys.argv[2])).serve_forever()))
