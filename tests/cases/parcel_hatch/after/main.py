"""A counter where parcels are ordered; they are handed out at a hatch that opens for one customer, or brought."""

import asyncio
import logging
import socket
import sys


class Parcel:
    """Whoever comes to the hatch gets what was ordered."""

    def __init__(self, reader, writer, counter, content):
        self.reader = reader
        self.writer = writer
        self.counter = counter
        self.writer.write(content)
        self.writer.close()

    async def run(self):
        """Read and ignore what comes until either side closes."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def handle_close(self):
        self.writer.close()
        self.counter.say("handed out")


class Hatch:

    def __init__(self, counter, content):
        self.counter = counter
        self.content = content
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=1)
        self.server = None  # until it serves

    async def run(self):
        """Serve until close() is called and the last connection has ended."""
        if self.socket.fileno() < 0:
            return  # closed already
        self.server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        if self.server is None:
            self.socket.close()
        else:
            self.server.close()

    async def handle_accepted(self, reader, writer):
        if not self.server.is_serving():  # it closed when it got another connection
            writer.transport.abort()
            return
        self.counter.hatch = None
        self.close()
        await Parcel(reader, writer, self.counter, self.content).run()


class Porter:
    """Brings it to where the customer waits."""

    def __init__(self, counter, port, content):
        self.reader = self.writer = None
        self.closed = False
        self.counter = counter
        self.content = content
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and read and ignore what comes until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            self.handle_error()
            return
        try:
            self.handle_connect()
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass  # the peer has gone
        except Exception:  # noqa: BLE001
            self.handle_error()
            return
        if not self.closed:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if not self.closed and gone:
            self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def handle_connect(self):
        self.push(self.content)
        self.writer.close()

    def handle_error(self):
        self.counter.say("nobody there")
        self.close()

    def handle_close(self):
        self.close()
        self.counter.say("brought")


class Counter:

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.hatch = None

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.handle_close()

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        if not self.writer.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_soon(self.end_session)  # the hook runs before the peer sees the end
        self.writer.close()

    def end_session(self):
        if self.connected:
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def say(self, text):
        self.push(text.encode("ascii") + b"\n")

    def found_terminator(self, order):
        words = order.decode("ascii").split()
        if words[0] == "order":
            if self.hatch is not None:
                self.hatch.close()
                self.say("the other hatch is closed")
            self.hatch = tasks.start(Hatch(self, b"parcel " * int(words[1])))
            self.say("hatch %d" % self.hatch.socket.getsockname()[1])
        elif words[0] == "bring":
            tasks.start(Porter(self, int(words[1]), b"parcel " * int(words[2])))
        else:
            self.say("good bye")
            self.close_when_done()

    def handle_close(self):
        if self.hatch is not None:
            self.hatch.close()
        self.close()


class Shop:

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Counter(reader, writer).run()


async def read_until(reader, terminator):
    """Return the data before *terminator*, however long: asynchat had no limit."""
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data.removesuffix(terminator))


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
    asyncio.run(tasks.run(Shop(int(sys.argv[1])).serve_forever()))
