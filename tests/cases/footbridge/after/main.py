"""A footbridge and a ferry, each with ends of one class: one was accepted, the other one is told where to go."""
import asyncio
import contextlib
import logging
import socket
import sys


class Bank:

    def __init__(self, reader=None, writer=None, address=None):
        self.reader = reader
        self.writer = writer
        self.unsent = []  # until there is a connection
        self.closed = False
        self.opposite = None
        if address is not None:
            self.addr = address
            # raises, as connect() did, if there is no such host
            socket.gethostbyname(self.addr[0])

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
            while not self.closed:
                data = await self.reader.read(4096)
                if not data:
                    break
                self.handle_read(data)
                await self.opposite.drain()
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

    def handle_connect(self):
        print("across")

    def handle_read(self, data):
        self.opposite.send(data)

    def handle_close(self):
        self.close()
        self.opposite.close()


class Footbridge:

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
        session = Bank(reader, writer)
        here, there = session, tasks.start(Bank(address=self.address))
        here.opposite, there.opposite = there, here
        await session.run()


class Pier:
    """Has its boat and its course from whoever builds it."""

    def __init__(self, reader=None, writer=None):
        self.reader = reader
        self.writer = writer
        self.unsent = []  # until there is a connection
        self.addr = writer.get_extra_info("peername") if writer is not None else None
        self.closed = False
        self.other_side = None

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        if self.writer is None:  # not accepted, but to be made
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
                await self.other_side.drain()
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
        self.other_side.send(data)

    def handle_close(self):
        print("the pier at", self.addr[0], "is closed")
        self.close()
        self.other_side.close()


class Ferry(Footbridge):

    async def handle_accepted(self, reader, writer):
        session = Pier(reader, writer)
        pier, landing = session, Pier()
        pier.other_side, landing.other_side = landing, pier
        landing.addr = self.address
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(landing.addr[0])
        tasks.start(landing)
        await session.run()


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


server1 = Footbridge(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2])))
server2 = Ferry(int(sys.argv[3]), ("127.0.0.1", int(sys.argv[2])))
asyncio.run(tasks.run(server1.serve_forever(), server2.serve_forever()))
