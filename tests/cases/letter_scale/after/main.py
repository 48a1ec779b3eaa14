"""A scale that weighs a letter as it comes, a handful at a time, and has had enough of heavy ones."""
import asyncio
import socket
import sys


class Scale:
    ac_in_buffer_size = 16  # a handful
    heavy = 40

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.weight = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, b"\n", self.ac_in_buffer_size)
                if data:
                    self.collect_incoming_data(data)
                if complete:
                    self.found_terminator()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        finally:
            self.writer.close()

    def collect_incoming_data(self, data):
        self.weight += len(data)
        if self.weight > self.heavy:
            self.writer.write(b"too heavy\n")
            self.weight = 0

    def found_terminator(self):
        self.writer.write(b"%d\n" % self.weight)
        self.weight = 0


class Shredder:
    ac_in_buffer_size = 4  # the width of a strip

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(self.ac_in_buffer_size):
                self.collect_incoming_data(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def collect_incoming_data(self, data):
        self.writer.write(b"%s|" % data)


class Counter:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Scale(reader, writer).run()


class BackRoom(Counter):
    async def handle_accepted(self, reader, writer):
        await Shredder(reader, writer).run()


async def read_piece(reader, writer, unread, delimiter, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size, complete = unread.find(delimiter), delimiter in unread
    if not complete:  # the delimiter may have come in part
        begun = (n for n in range(len(delimiter) - 1, 0, -1) if unread.endswith(delimiter[:n]))
        size = len(unread) - next(begun, 0)
    piece = bytes(unread[:size])
    del unread[: size + len(delimiter) if complete else size]
    if not piece and not complete:
        received = await reader.read(limit)
        if not received:
            raise asyncio.IncompleteReadError(b"", None)
        if not writer.is_closing():  # we handle nothing more once we are closing
            unread += received
    return piece, complete


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    server1 = Counter(int(sys.argv[1]))
    server2 = BackRoom(int(sys.argv[2]))
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
