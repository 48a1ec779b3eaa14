"""Line echo on asyncio streams, ported by hand and with care: it must pass every drive."""

import asyncio
import socket
import sys


class EchoChannel:
    """One client."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.lines = 0

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while not self.writer.is_closing():
                self.found(await read_until(self.reader, b"\r\n"))
                await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            print(f"gone after {self.lines} lines")
            self.writer.close()

    async def line(self):
        """Return a line in the obvious way, which is wrong: only slips use it."""
        line = await self.reader.readline()
        if not line:
            raise asyncio.IncompleteReadError(b"", None)
        return line.removesuffix(b"\r\n")

    def found(self, line):
        """Answer one line."""
        self.lines += 1
        if line == b"bye":
            self.writer.write(b"%d lines, bye\r\n" % self.lines)
            self.writer.close()
        else:
            self.writer.write(b"%d [%s] %d\r\n" % (self.lines, line, len(line)))


class EchoServer:
    """Listens."""

    def __init__(self, address):
        self.socket = socket.create_server(address, backlog=5)
        self.accepted = 0

    async def serve_forever(self):
        """Run until the program is killed."""
        async with await asyncio.start_server(self.accept, sock=self.socket) as server:
            await server.serve_forever()

    async def accept(self, reader, writer):
        """Serve one client."""
        self.accepted += 1
        print(f"client {self.accepted} from {writer.get_extra_info('peername')[0]}")
        await EchoChannel(reader, writer).run()


async def read_until(reader, terminator):
    """Return the data before *terminator*, however long."""
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data[: -len(terminator)])


if __name__ == "__main__":
    asyncio.run(EchoServer(("127.0.0.1", int(sys.argv[1]))).serve_forever())
