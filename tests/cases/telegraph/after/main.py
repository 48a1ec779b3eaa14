"""A class that asks asynchat to encode its terminator: it handles bytes, and always did."""

import asyncio
import socket
import sys

STOP = " STOP "


class Operator:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.terminator = b"\r\n"

    async def run(self):
        """Answer frame by frame until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, self.terminator))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        finally:
            self.writer.close()

    def found_terminator(self, line):
        if line == b"telegram":
            self.terminator = STOP.encode("ascii")
        elif line == b"over":
            self.terminator = b"\r\n"
        self.writer.write(b"<" + line + b">")


class Office:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Operator(reader, writer).run()


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


asyncio.run(Office(int(sys.argv[1])).serve_forever())
