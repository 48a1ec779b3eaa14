"""A switchboard: what is typed goes to every line, and every line may ring the bell."""
import asyncio
import logging
import os
import socket
import sys


class Line:
    def __init__(self, reader, writer, board):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.board = board
        self.board.lines.append(self)
        self.send(b"connected\n")

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await receive_some(self.reader, 100)
                if not data or not self.connected:
                    break
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def send(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.writer.is_closing():
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def handle_read(self, data):
        if b"!" in data:
            os.write(bell_wire, b"r")

    def handle_close(self):
        self.board.lines.remove(self)
        print("line closed")
        self.close()


class Board:
    def __init__(self, port):
        self.lines = []
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
        await Line(reader, writer, self).run()

    def send(self, data):
        for line in self.lines:
            line.send(data)


class Keyboard(asyncio.Protocol):
    """Reads what is typed, by the line."""

    def __init__(self, board):
        self.file = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
        self.board = board
        self.typed = b""

    async def read_forever(self):
        """Read until the file ends, or close() is called."""
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        await loop.connect_read_pipe(lambda: self, self.file)
        await self.finished

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, exc):
        if not self.finished.done():
            self.finished.set_result(None)

    def data_received(self, data):
        self.transport.pause_reading()  # the end comes behind it
        call_in_turn(self.receive, data)

    def receive(self, data):
        self.transport.resume_reading()
        if self.transport.is_closing():
            return
        try:
            self.handle_read(data)
        except Exception:  # noqa: BLE001
            self.handle_error()

    def eof_received(self):
        self.handle_close()

    def close(self):
        self.transport.close()

    def handle_read(self, data):
        self.typed += data
        while b"\n" in self.typed:
            line, self.typed = self.typed.split(b"\n", 1)
            if line == b"bad":
                raise ValueError(line)
            print("typed", line.decode())
            self.board.send(line + b"\n")

    def handle_error(self):
        print("cannot say", sys.exc_info()[1])

    def handle_close(self):
        print("no more is typed")
        for line in list(self.board.lines):
            line.handle_close()
        self.board.close()
        bell.close()
        self.close()


class Bell(asyncio.Protocol):
    """Rings for what comes out of a pipe, three at a time."""

    def __init__(self, wire, board):
        self.file = os.fdopen(os.dup(wire), "rb", buffering=0)
        self.board = board

    async def read_forever(self):
        """Read until the file ends, or close() is called."""
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        await loop.connect_read_pipe(lambda: self, self.file)
        await self.finished

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, exc):
        if not self.finished.done():
            self.finished.set_result(None)

    def data_received(self, data):
        self.transport.pause_reading()  # the end comes behind it
        call_in_turn(self.receive, data)

    def receive(self, data):
        self.transport.resume_reading()
        if self.transport.is_closing():
            return
        try:
            while data and not self.transport.is_closing():
                self.handle_read(data[:3])
                data = data[3:]
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the file")
            self.close()

    def eof_received(self):
        self.close()

    def close(self):
        self.transport.close()

    def handle_read(self, data):
        print("rings", data.decode())
        self.board.send(b"ring\n" * len(data))


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


def call_in_turn(function, *args):
    """Call *function* when whoever connected before is there, in four turns of the event loop."""
    call_soon = asyncio.get_running_loop().call_soon
    call_soon(call_soon, call_soon, call_soon, function, *args)


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


bell_end, bell_wire = os.pipe()
os.write(bell_wire, b"abcde")
board = Board(int(sys.argv[1]))
pipe = Keyboard(board)
bell = Bell(bell_end, board)
asyncio.run(run_all(board.serve_forever(), pipe.read_forever(), bell.read_forever()))
print("good night")
