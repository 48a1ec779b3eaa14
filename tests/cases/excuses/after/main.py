"""Says why a port cannot be had, and why another one cannot be reached, in the words of the system.

usage: main.py PORT OTHERPORT HATCH CALLED
"""

import asyncio
import os
import socket
import sys


class Guest:
    def __init__(self, reader, writer, addr):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def found_terminator(self, words):
        self.writer.write(words + b"!\n")


class Door:
    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen(5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        await Guest(reader, writer, addr).run()


class Hatch:
    """Nobody would ask why it stays shut."""

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        await Guest(reader, writer, addr).run()


class Caller:
    def __init__(self, port):
        self.reader = self.writer = None
        self.closed = False
        self.heard = []
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        try:
            self.reader, self.writer = await open_streams(*self.addr, family=socket.AF_INET)
        except OSError:
            self.handle_error()
            return
        try:
            self.handle_connect()
            while True:
                frame = await read_until(self.reader, b"\n")
                if frame:
                    self.collect_incoming_data(frame)
                self.found_terminator()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            if not self.closed:
                self.handle_close()
        except Exception:  # noqa: BLE001
            self.handle_error()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
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
        self.push(b"hello\n")

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        print("heard", b"".join(self.heard))
        self.close()

    def handle_error(self):
        kind, value = sys.exc_info()[:2]
        print("no answer:", kind.__name__, value.args, value)
        self.close()

    def handle_close(self):
        print("hung up")
        self.close()


class Knocker:
    """Asks what kind of error it was, and no more."""

    def __init__(self, port):
        self.reader = self.writer = None
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            self.handle_error()
            return
        try:
            while data := await self.reader.read(100):
                self.handle_read(data)
        except ConnectionError:
            pass  # the peer has gone
        except Exception:  # noqa: BLE001
            self.handle_error()
            return
        self.close()
        self.handle_read(b"")  # the end, which recv() returned like any other data

    def close(self):
        if self.writer is not None:
            self.writer.close()

    def handle_read(self, data):
        print("knocked on", len(data))

    def handle_error(self):
        print("nobody:", sys.exc_info()[0].__name__)
        self.close()


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


async def open_streams(host, port, family):
    """Open a connection. What goes wrong is told in the system's words, as connect() did."""
    try:
        return await asyncio.open_connection(host, port, family=family)
    except OSError as error:
        if error.errno is None or isinstance(error, socket.gaierror):
            raise
        raise OSError(error.errno, os.strerror(error.errno)) from None


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


doors = []
for port in sys.argv[1:3]:
    try:
        doors.append(Door(int(port)))
    except OSError as error:
        print("stays shut:", error)
hatch = Hatch(int(sys.argv[3]))
client1 = Caller(int(sys.argv[4]))
client2 = Knocker(int(sys.argv[4]))
asyncio.run(
    run_all(
        *(door.serve_forever() for door in doors),
        hatch.serve_forever(),
        client1.run(),
        client2.run(),
    )
)
