"""What all offices have in common; what they do is said elsewhere."""
import asyncio
import socket


class Clerk:
    """Reads forms, line by line."""

    def __init__(self, reader, writer, office):
        self.reader = reader
        self.writer = writer
        self.office = office

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while not self.writer.is_closing():
                self.found_terminator(await read_until(self.reader, b"\n"))
                await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def found_terminator(self, form):
        self.handle(form)

    def handle(self, form):
        raise NotImplementedError


class Office:
    """Has clerks for those who come."""

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        print("somebody from", addr[0], flush=True)
        await self.receive(reader, writer, addr)

    async def receive(self, reader, writer, addr):
        """Give whoever has come to a clerk."""
        raise NotImplementedError("no clerk")


class Counter:
    """Keeps its clerks."""

    def __init__(self, port):
        self.clerks = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        clerk = self.make_clerk(reader, writer)
        self.clerks.append(clerk)
        await clerk.run()

    def make_clerk(self, reader, writer):
        raise NotImplementedError


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
