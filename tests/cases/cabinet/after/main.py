"""A cabinet of small services, each with a habit of its own, on ports one after the other."""
import asyncio
import io
import logging
import pickle
import socket
import subprocess
import sys
import time


class Clocked:
    """Looks commands up in a table, and keeps the time."""

    terminator = b"\n"

    def __init__(self, reader, writer, server):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.server = server
        self.since = self.last = time.time()
        self.numbers = self.count()

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, self.terminator))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.connected and self.writer.is_closing():
            self.close()

    def found_terminator(self, text):
        self.last = time.time()
        verb, _, rest = text.decode("latin-1").partition(" ")
        COMMANDS[verb](self, rest)

    def count(self):
        number = 0
        while True:
            number += 1
            yield number

    def idle(self, rest):
        # a moment must have passed by then
        time.sleep(0.002)
        self.push(b"yes\n" if time.time() > self.last > self.since - 1 else b"no\n")

    def number(self, rest):
        self.push(b"%d %s\n" % (next(self.numbers), rest.encode("latin-1")))

    def where(self, rest):
        host, port = self.writer.get_extra_info("peername")
        self.push(b"%s\n" % host.encode())

    def run_command(self, rest):
        self.push(subprocess.check_output([sys.executable, "-c", "print(6 * 7)"]))

    def close(self):
        self.server.closed += 1
        print("closed", self.server.closed)
        self.connected = False
        self.writer.transport.abort()


COMMANDS = {
    "idle": Clocked.idle,
    "number": Clocked.number,
    "where": Clocked.where,
    "run": Clocked.run_command,
}


class Pickled:
    """Two digits, and so many bytes of a pickle; the answer goes the same way."""

    def __init__(self, reader, writer, server):
        self.reader = reader
        self.writer = writer
        self.sized = False
        self.terminator = 2

    async def run(self):
        """Answer frame by frame until either side closes."""
        try:
            while True:
                self.found_terminator(await read_counted(self.reader, self.terminator))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        finally:
            self.writer.close()

    def found_terminator(self, data):
        if not self.sized:
            self.sized = True
            self.terminator = int(data)
        else:
            self.sized = False
            self.terminator = 2
            answer = pickle.dumps(pickle.loads(data)[::-1], 0)
            self.writer.write(b"%02d" % len(answer))
            self.writer.write(answer)


class Page:
    """A producer that reads a file, counts, and has nothing more to give in the end."""

    printed = 0

    def __init__(self, file):
        self.file = file

    def more(self):
        data = self.file.read(8)
        if not data:
            return None
        Page.printed += 1
        return data


class Framed:
    """A producer around another one."""

    def __init__(self, inner):
        self.inner = inner
        self.log = []

    def more(self):
        data = self.inner.more()
        self.log.append(data)
        return b"<" + data + b">" if data else b""


class Printer:
    """Prints every order three times over."""

    def __init__(self, reader, writer, server):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Answer frame by frame until either side closes."""
        try:
            while True:
                await self.found_terminator(await read_until(self.reader, b"!"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        finally:
            self.writer.close()

    async def send_all(self, producer):
        """Send what *producer* has, asking it for more as the peer takes it."""
        self.writer.transport.set_write_buffer_limits(high=0)  # drain() waits until all has gone out
        while not self.writer.is_closing() and (data := producer.more()):
            self.writer.write(data)
            await self.writer.drain()

    async def found_terminator(self, order):
        self.writer.write(b"%d: " % Page.printed)
        await self.send_all(Framed(Page(io.BytesIO(order * 3))))
        self.writer.write(b"\n")


class Drawer:
    def __init__(self, address, channel):
        self.channel = channel
        self.closed = 0
        self.socket = socket.create_server(address, backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await self.channel(reader, writer, self).run()


class UnixDrawer:
    def __init__(self, path):
        self.closed = 0
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(path)
        self.socket.listen(5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Clocked(reader, writer, self).run()


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


async def read_counted(reader, size):
    """Return the next *size* bytes."""
    if not size:  # None or 0: nothing but the end of the connection ends this frame
        while await reader.read(65536):
            pass
        raise asyncio.IncompleteReadError(b"", None)
    return await reader.readexactly(size)


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    ports = [int(word) for word in sys.argv[1:]]
    clocks = Drawer(("127.0.0.1", ports[0]), Clocked)
    pickles = Drawer(("127.0.0.1", ports[1]), channel=Pickled)
    pages = Drawer(("127.0.0.1", ports[2]), Printer)
    local = UnixDrawer("drawer")
    asyncio.run(
        run_all(
            clocks.serve_forever(),
            pickles.serve_forever(),
            pages.serve_forever(),
            local.serve_forever(),
        )
    )
