import asyncio
import logging
import socket
import sys

from duties import Lines, Notes, Numbered, Sums


class Clerk(Numbered, Notes, Lines, Sums):
    name = "clerk"

    def __init__(self, reader, writer):
        super().__init__(prefix="c")
        self.reader = reader
        self.writer = writer
        self.connected = True

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
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
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.handle_close()

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        if not self.writer.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_soon(self.end_session)  # the hook runs before the peer sees the end
        self.writer.close()

    def end_session(self):
        if self.connected:
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def heard(self, verb, rest):
        self.note(verb)
        getattr(self, "do_" + verb, self.puzzled)(rest)

    def puzzled(self, rest):
        self.push(b"pardon?\n")

    def do_who(self, rest):
        self.push(self.number.encode() + b"\n")


class Porter(Notes):
    name = "porter"


class Office(Numbered):
    def __init__(self, port):
        super().__init__(prefix="room ")
        self.porter = Porter()
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        self.porter.note("visitor to " + self.number)
        await Clerk(reader, writer).run()


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


offices = [Office(int(port)) for port in sys.argv[1:]]
asyncio.run(run_all(*(office.serve_forever() for office in offices)))
