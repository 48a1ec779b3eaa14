"""What a line means depends on which method stands for found_terminator() just now."""

import asyncio
import socket
import sys


class Visitor:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.data = []
        self.name = b""
        self.terminator = b"\n"
        self.wait_for_name()

    async def run(self):
        """Answer frame by frame until either side closes."""
        try:
            while True:
                frame = await read_frame(self.reader, self.terminator)
                if frame:
                    self.collect_incoming_data(frame)
                if isinstance(self.terminator, int):
                    self.terminator = 0  # a count is good for one frame
                self.found_terminator()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        finally:
            self.writer.close()

    def wait_for_name(self):
        self.writer.write(b"name?\n")
        self.found_terminator = self.found_name

    def collect_incoming_data(self, data):
        self.data.append(data)

    def taken(self):
        line = b"".join(self.data)
        self.data = []
        return line

    def found_name(self):
        self.name = self.taken()
        self.found_terminator = self.found_wish

    def found_wish(self):
        wish = self.taken()
        if wish == b"luggage":
            self.terminator = 4
            self.found_terminator = self.found_luggage
        elif wish == b"next":
            self.wait_for_name()
        else:
            self.writer.write(b"%s wants %s\n" % (self.name, wish))

    def found_luggage(self):
        self.writer.write(b"[%s]\n" % self.taken())
        self.terminator = b"\n"
        self.found_terminator = self.found_wish


class Gate:
    def __init__(self, port):
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
        await Visitor(reader, writer).run()

    def handle_close(self):
        kind, value = sys.exc_info()[:2]
        print("gate closed:", kind, value)
        self.close()


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


gate = Gate(int(sys.argv[1]))
asyncio.run(gate.serve_forever())
