"""Quotations by number, one to a line."""

import asyncio
import socket
import sys

QUOTES = [b"Festina lente.", b"Panta rhei.", b"Eppur si muove.", b"Quousque tandem? " * 100]


class QuoteSession:
    """One reader."""

    def __init__(self, reader, writer, addr):
        self.addr = addr
        self.reader = reader
        self.writer = writer
        self.writer.write(b"which one?\r\n")

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while not self.writer.is_closing():
                self.found_terminator(await read_until(self.reader, b"\r\n"))
                await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    # a number, or "end"
    def found_terminator(self, wish):
        if wish == b"end":
            self.writer.write(b"farewell\r\n")
            self.writer.close()  # the farewell still goes out
        elif wish.isdigit() and int(wish) < len(QUOTES):
            self.writer.write(QUOTES[int(wish)] + b"\r\n")
        else:
            self.writer.write(b"no such quotation\r\n")


class QuoteServer:
    def __init__(self, host, port):
        self.socket = socket.create_server((host, port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        print("reader from", addr[0])
        await QuoteSession(reader, writer, addr).run()


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
    asyncio.run(QuoteServer("127.0.0.1", int(sys.argv[1])).serve_forever())
