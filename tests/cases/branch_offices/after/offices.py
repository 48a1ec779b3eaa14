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
        unread = bytearray()  # received behind what was handled
        try:
            while not self.writer.is_closing():
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
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


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def receive_until(reader, unread, terminator):
    """Return the data before *terminator*, however long; *unread* keeps what was received behind it."""
    searched = 0
    while (size := unread.find(terminator, searched)) < 0:
        searched = max(len(unread) - len(terminator) + 1, 0)
        if not (received := await receive_some(reader)):
            raise asyncio.IncompleteReadError(bytes(unread), None)
        unread += received
    data, unread[: size + len(terminator)] = bytes(unread[:size]), b""
    return data
