"""A telegraph office, by somebody who pays for every line."""

import asyncio, logging, socket, sys


class Telegraph:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Answer frame by frame until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b" stop "))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def found_terminator(self, words):
        self.writer.write(words.upper() + b"\n")
    def handle_close(self): print("hung up", flush=True); self.writer.close()


class Office:
    wires = 0

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        session = Telegraph(reader, writer)
        self.wires += 1
        print("wire", self.wires, flush=True)
        await session.run()


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


if __name__ == "__main__":
    server = Office(int(sys.argv[1]))
    asyncio.run(server.serve_forever())
