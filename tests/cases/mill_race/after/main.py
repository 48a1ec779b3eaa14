"""Two ends of a mill race: when one is closed, the other one is as soon as all has flowed through."""
import asyncio
import contextlib
import logging
import socket
import sys

DEPTH = 32768


class Gate:
    def __init__(self, reader=None, writer=None):
        self.reader = reader
        self.writer = writer
        self.unsent = []  # until there is a connection
        self.finished = False
        self.closed = False
        self.other = None

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
            if self.finished:
                self.close_when_done()
            while not self.closed:
                data = await self.reader.read(8192)
                if not data:
                    break
                self.handle_read(data)
                if self.other is not None:
                    await self.other.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def send(self, data):
        """Send *data*, as soon as there is a connection."""
        if self.finished:
            return  # nothing comes behind the end
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
        if self.writer is None:
            self.finished = True  # as soon as there is a connection
            return
        self.closed = True
        self.writer.close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            if self.writer.transport.get_write_buffer_size():
                self.writer.transport.abort()
            self.writer.close()

    def meet(self, other):
        self.other, other.other = other, self

    def handle_read(self, water):
        if water and self.other:
            self.other.send(water)

    def handle_close(self):
        self.close()
        other, self.other = self.other, None
        if other is not None:
            print("a gate is shut")
            other.close_when_done()
            other.other = None


class Upper(Gate):
    def __init__(self, reader, writer, river):
        Gate.__init__(self, reader, writer)
        self.meet(tasks.start(Lower(river)))


class Lower(Gate):
    def __init__(self, river):
        Gate.__init__(self)
        self.addr = river
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(self.addr[0])


class Mill:
    def __init__(self, port, river):
        self.river = river
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accept(self, reader, writer):
        await Upper(reader, writer, self.river).run()


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


asyncio.run(tasks.run(Mill(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2]))).serve_forever()))
