"""A store of notes: a head up to a blank line says how long the note is that follows."""
import asyncio
import socket
import sys


class NoteChannel:

    def __init__(self, notes, reader, writer):
        self.reader = reader
        self.writer = writer
        self.notes = notes
        self.expect_head()

    async def run(self):
        """Answer frame by frame until either side closes."""
        try:
            while True:
                self.found_terminator(await read_frame(self.reader, self.terminator))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        finally:
            self.writer.close()

    def expect_head(self):
        self.title = None
        self.terminator = b"\n\n"

    def found_terminator(self, data):
        if self.title is None:
            verb, _, rest = data.partition(b" ")
            if verb == b"put":
                self.title, _, size = rest.partition(b" ")
                self.terminator = int(size)
            else:
                self.writer.write(self.notes.get(rest, b"nothing") + b"\n")
                self.expect_head()
        else:
            self.notes[self.title] = data
            self.writer.write(b"kept %d\n" % len(data))
            self.expect_head()


class NoteServer:

    def __init__(self, address):
        self.notes = {}
        self.socket = socket.create_server(address, backlog=10)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        await NoteChannel(self.notes, reader, writer).run()


async def read_frame(reader, terminator):
    """Return the next frame: *terminator* is the delimiter, or the frame's length in bytes."""
    if not terminator:  # None, 0 or empty: nothing but the end of the connection ends this frame
        while await reader.read(65536):
            pass
        raise asyncio.IncompleteReadError(b"", None)
    if isinstance(terminator, int):
        return await reader.readexactly(terminator)
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data.removesuffix(terminator))


asyncio.run(NoteServer(("127.0.0.1", int(sys.argv[1]))).serve_forever())
