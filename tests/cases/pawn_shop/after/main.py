"""A pawn shop: a counter that looks at its terminator, and a book that all share."""
import asyncio
import logging
import socket
import sys


class Counter:
    """`pawn 5`, and the thing itself; which of the two it is, the terminator says."""

    def __init__(self, reader, writer, shop):
        self.reader = reader
        self.writer = writer
        self.shop = shop
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

    def found_terminator(self, words):
        if self.terminator == 0:
            self.terminator = b"\r\n"
            self.writer.write(b"have %s\r\n" % words)
        elif words.startswith(b"pawn "):
            self.terminator = int(words[5:])
        else:
            self.writer.write(b"what is %s?\r\n" % words)


class Scales:
    """Four grains at a time."""

    def __init__(self, reader, writer, shop):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.terminator = 4

    async def run(self):
        """Answer frame by frame until either side closes."""
        try:
            while True:
                frame = await self.reader.readexactly(self.terminator)
                self.terminator = 0  # a count is good for one frame
                self.found_terminator(frame)
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, thing):
        empty = not self.terminator
        self.terminator = 4
        print("weighing", thing.decode(), self.connected)
        if thing == b"stop":
            self.writer.close()
        self.push(b"%s %d\n" % (thing, empty))


class Book:
    """One page for all: who writes without a full stop has the next one go on."""

    page = []

    def __init__(self, reader, writer, shop):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, b".")
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
        self.page.append(data)

    def found_terminator(self):
        text = b"".join(self.page)
        del self.page[:]
        self.writer.write(b"[%s]\n" % text)


class Shared:
    """The same, by way of a default value."""

    def __init__(self, reader, writer, shop, page=[]):
        self.reader = reader
        self.writer = writer
        self.page = page

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, b".")
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
        self.page.append(data)

    def found_terminator(self):
        text = b"".join(self.page)
        del self.page[:]
        self.writer.write(b"[%s]\n" % text)


class Door:
    def __init__(self, port, kind=None):
        self.kind = kind
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        if self.kind is None:
            await Counter(reader, writer, self).run()
        else:
            await self.kind(reader, writer, self).run()


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
    ports = [int(word) for word in sys.argv[1:]]
    counter = Door(ports[0])
    scales = Door(ports[1], Scales)
    book = Door(ports[2], Book)
    shared = Door(ports[3], Shared)
    asyncio.run(
        run_all(
            counter.serve_forever(),
            scales.serve_forever(),
            book.serve_forever(),
            shared.serve_forever(),
        )
    )
