"""The counter and its shelves."""

import asyncio
import socket


class Guest:
    def __init__(self, reader, writer, counter):
        self.reader = reader
        self.writer = writer
        self.counter = counter

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\r\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        finally:
            self.writer.close()

    def found_terminator(self, data):
        verb, _, number = data.partition(b" ")
        if verb == b"LEAVE":
            self.counter.shelves.add(number)
            self.writer.write(b"thank you\r\n")
        elif number in self.counter.shelves:
            self.counter.shelves.remove(number)
            self.writer.write(b"here it is\r\n")
        else:
            self.writer.write(b"no such number\r\n")


class Counter:
    def __init__(self, port):
        self.shelves = set()
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.server = None  # until it serves

    async def serve(self):
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
        await Guest(reader, writer, self).run()

    def serve_forever(self):
        asyncio.run(self.serve())


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
