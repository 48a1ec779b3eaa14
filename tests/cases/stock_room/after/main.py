"""A stock room: one command a line; `note N` is followed by N bytes of text."""
import asyncio
import socket
import sys


class Clerk:

    def __init__(self, reader, writer, log):
        self.reader = reader
        self.writer = writer
        self.log = log
        self.state = self.on_command
        self.terminator = b"\r\n"

    async def run(self):
        """Answer frame by frame until either side closes."""
        try:
            while True:
                frame = await read_frame(self.reader, self.terminator)
                if isinstance(self.terminator, int):
                    self.terminator = 0  # a count is good for one frame
                self.found_terminator(frame)
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        finally:
            self.writer.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    leave = lambda self: self.writer.close()

    def found_terminator(self, data):
        self.state(data)

    def on_command(self, line):
        verb, _, rest = line.partition(b" ")
        if verb == b"note":
            self.terminator = checked_terminator(int(rest))
            self.push(b"go ahead\r\n")
            self.state = self.on_note
        elif verb == b"list":
            for entry in self.log:
                self.push(entry + b"\r\n")
            self.push(b".\r\n")
        elif verb == b"bye":
            self.leave()
        else:
            self.push(b"what?\r\n")

    def on_note(self, text):
        self.log.append(text)
        self.push(b"noted %d\r\n" % len(text))
        self.state = self.on_command
        self.terminator = b"\r\n"


class Room:

    def __init__(self, port):
        self.log = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Clerk(reader, writer, self.log).run()


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


def checked_terminator(terminator):
    """Return *terminator*, unless it is a negative length, which asynchat refused as well."""
    if isinstance(terminator, int) and terminator < 0:
        raise ValueError("the length of a frame cannot be negative")
    return terminator


if __name__ == "__main__":
    asyncio.run(Room(int(sys.argv[1])).serve_forever())
