"""A line of talk between two ends of one class: one was accepted, the other connects; one end shouts."""
import asyncio
import contextlib
import logging
import socket
import sys


class End:

    def __init__(self, reader=None, writer=None, name="near"):
        self.reader = reader
        self.writer = writer
        self.unsent = []  # until there is a connection
        self.closed = False
        self.name = name
        self.partner = None

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        connects = self.writer is None  # was not accepted
        if connects:
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
            if connects:
                self.handle_connect()
            while data := await self.reader.read(4096):
                self.handle_read(data)
                if self.partner is not None:
                    await self.partner.drain()
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

    def close_when_done(self):
        """Close the connection once everything sent has gone out."""
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def handle_connect(self):
        """Do nothing; a subclass may have something to say."""

    def handle_read(self, data):
        if data and self.partner is not None:
            self.partner.send(self.pronounced(data))

    def pronounced(self, data):
        return data

    def handle_close(self):
        partner, self.partner = self.partner, None
        self.close()
        if partner is not None:
            print(self.name, "end hung up")
            partner.partner = None
            partner.close_when_done()


class Shouter(End):

    def pronounced(self, data):
        return data.upper()


class FarEnd(End):

    def __init__(self, address):
        End.__init__(self, None, None, name="far")
        self.addr = address
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(self.addr[0])

    def handle_connect(self):
        print("the far end answers")


class Line:

    def __init__(self, port, address):
        self.address = address
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
        near = Shouter(reader, writer)
        far = tasks.start(FarEnd(self.address))
        near.partner, far.partner = far, near
        await near.run()


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
    asyncio.run(tasks.run(Line(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2]))).serve_forever()))
