"""Divides a hundred; what cannot be divided is reported, and the conversation goes on."""

import asyncio
import logging
import socket
import sys


class Divider:
    """One customer, who may be wrong twice."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.errors = 0

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                frame = await read_until(self.reader, b"\n")
                try:
                    self.found_terminator(frame)
                except Exception:  # noqa: BLE001
                    self.handle_error()
                    if self.writer.is_closing():
                        break
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
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, line):
        self.push(b"%d\n" % (100 // int(line)))

    def handle_error(self):
        kind, error = sys.exc_info()[:2]
        print(kind.__name__, flush=True)
        self.errors += 1
        if self.errors > 2:
            self.close()
        else:
            self.push(b"sorry: %s\n" % str(error).encode())

    def handle_close(self):
        print("customer left after", self.errors, flush=True)
        self.close()


class Listener:
    """What is left in its buffer when a line fails begins the next one: the buffer stays."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.heard = b""

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                frame = await read_until(self.reader, b"\n")
                try:
                    if frame:
                        self.collect_incoming_data(frame)
                    self.found_terminator()
                except Exception:  # noqa: BLE001
                    self.handle_error()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def collect_incoming_data(self, data):
        self.heard += data

    def found_terminator(self):
        self.writer.write(b"%d\n" % int(self.heard))
        self.heard = b""

    def handle_error(self):
        print("what?", flush=True)


class Speller:
    """Begins afresh after an error, whatever its buffer held, and takes what is no UTF-8 as it is."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                frame = await read_until(self.reader, b"\n")
                try:
                    self.found_terminator(frame.decode("utf-8", "replace"))
                except Exception:  # noqa: BLE001
                    self.handle_error()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def found_terminator(self, word):
        self.writer.write(f"{word[0]} is number {ord(word[0])}\n".encode())

    def handle_error(self):
        print("spell it,", sys.exc_info()[0].__name__, flush=True)


class Desk:
    def __init__(self, port, kind):
        self.kind = kind
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        if self.kind == "divide":
            await Divider(reader, writer).run()
        else:
            channel = Listener if self.kind == "hear" else Speller
            await channel(reader, writer).run()


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


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


first = Desk(int(sys.argv[1]), "divide")
second = Desk(int(sys.argv[2]), "hear")
third = Desk(int(sys.argv[3]), "spell")
asyncio.run(run_all(first.serve_forever(), second.serve_forever(), third.serve_forever()))
