"""A water works: valves are opened and closed by the line, until the main is shut."""
import asyncio
import socket
import sys

from reactor import Reactor


class Keeper:
    def __init__(self, reader, writer, works):
        self.reader = reader
        self.writer = writer
        self.works = works

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

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def found_terminator(self, order):
        if order == b"shut":
            self.works.close()
            self.push(b"the main is shut\n")
            self.writer.close()
            return
        self.works.valves ^= {order}
        self.push(b"open: " + b" ".join(sorted(self.works.valves)) + b"\n")


class Works:
    def __init__(self, port, reactor):
        self.reactor = reactor
        self.valves = set()
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
        await Keeper(reader, writer, self).run()


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


def main():
    reactor = Reactor()
    works = Works(int(sys.argv[1]), reactor)
    asyncio.run(works.serve_forever())
    print("dry", len(works.valves))


if __name__ == "__main__":
    main()
