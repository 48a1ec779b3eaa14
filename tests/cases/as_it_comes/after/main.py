"""Three services that do not wait for whole frames: a store with checksums, a guest book, and a drop box."""
import asyncio
import logging
import socket
import sys
import zlib


class Store:
    """`put NAME SIZE`, then SIZE bytes, of which only the checksum is kept."""

    limit = 64

    def __init__(self, reader, writer, shelf):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.shelf = shelf
        self.line = bytearray()
        self.name = None
        self.terminator = b"\r\n"

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, self.terminator)
                if data:
                    self.collect_incoming_data(data)
                    if self.terminator and isinstance(self.terminator, int):
                        self.terminator -= len(data)  # so much is still missing
                if complete:
                    self.found_terminator()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
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

    def collect_incoming_data(self, data):
        if self.name is not None:
            self.sum = zlib.adler32(data, self.sum)
            return
        self.line += data
        if len(self.line) > self.limit:
            self.push(b"too long\r\n")
            self.close_when_done()

    def found_terminator(self):
        if self.name is not None:
            self.shelf[self.name] = self.sum
            self.push(b"kept %08x\r\n" % self.sum)
            self.name = None
            self.terminator = b"\r\n"
            return
        verb, *words = bytes(self.line).split()
        self.line.clear()
        if verb == b"put":
            size = int(words[1])
            self.push(b"ready\r\n")
            if size:
                self.terminator = checked_terminator(size)
                self.name, self.sum = words[0], 1
            else:
                self.shelf[words[0]] = 1
                self.push(b"kept 00000001\r\n")
        elif verb == b"sum":
            self.push(b"%08x\r\n" % self.shelf.get(words[0], 0))
        else:
            self.push(b"bye\r\n")
            self.close_when_done()

    def handle_close(self):
        self.close()
        if self.name is not None:
            print("missing", self.terminator, "bytes of", self.name.decode())
        elif self.line:
            print("in the middle of", bytes(self.line))


class GuestBook:
    """A line a guest; one that comes without its end counts as well."""

    def __init__(self, reader, writer, book):
        self.reader = reader
        self.writer = writer
        self.book = book
        self.buffer = b""

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, b"--")
                if data:
                    self.collect_incoming_data(data)
                if complete:
                    self.found_terminator()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def collect_incoming_data(self, data):
        self.buffer += data

    def found_terminator(self):
        self.book.append(self.buffer)
        self.buffer = b""
        print("guests:", b",".join(self.book).decode())

    def handle_close(self):
        if self.buffer:
            self.found_terminator()
        self.writer.close()
        print("guest leaves")


class DropBox:
    """A title, an empty line, and whatever comes until the peer hangs up."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.title = None
        self.parts = []
        self.terminator = b"\n\n"

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, self.terminator)
                if data:
                    self.collect_incoming_data(data)
                if complete:
                    self.found_terminator()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def collect_incoming_data(self, data):
        self.parts.append(data)

    def found_terminator(self):
        self.title = b"".join(self.parts).decode()
        self.parts = []
        self.push(b"go on\n")
        self.terminator = None

    def handle_close(self):
        self.close()
        print(self.title, len(b"".join(self.parts)))


class StoreDoor:

    def __init__(self, port):
        self.kept = {}
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Store(reader, writer, self.kept).run()


class BookDoor:

    def __init__(self, port):
        self.kept = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await GuestBook(reader, writer, self.kept).run()


class BoxDoor:

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await DropBox(reader, writer).run()


async def read_piece(reader, writer, unread, terminator, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size, complete = len(unread), False
    if terminator and isinstance(terminator, int):  # the length in bytes
        size, complete = min(size, terminator), size >= terminator
    elif terminator and terminator in unread:
        size, complete = unread.find(terminator), True
    elif terminator:  # it may have come in part
        begun = (n for n in range(len(terminator) - 1, 0, -1) if unread.endswith(terminator[:n]))
        size -= next(begun, 0)
    piece = bytes(unread[:size])
    del unread[:size]
    if complete and not isinstance(terminator, int):
        del unread[: len(terminator)]
    if not piece and not complete:
        received = await reader.read(limit)
        if not received:
            raise asyncio.IncompleteReadError(b"", None)
        if not writer.is_closing():  # we handle nothing more once we are closing
            unread += received
    return piece, complete


def checked_terminator(terminator):
    """Return *terminator*, unless it is a negative length, which asynchat refused as well."""
    if isinstance(terminator, int) and terminator < 0:
        raise ValueError("the length of a frame cannot be negative")
    return terminator


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    ports = [int(word) for word in sys.argv[1:]]
    server1 = StoreDoor(ports[0])
    server2 = BookDoor(ports[1])
    server3 = BoxDoor(ports[2])
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever(), server3.serve_forever()))
