"""A pawn shop: a counter that looks at its terminator, a book that all share, a lodge that lists its guests, and porters."""
import asyncio
import logging
import operator
import socket
import sys


class Counter:
    """`pawn 5`, and the thing itself; which of the two it is, the terminator says."""

    def __init__(self, reader, writer, shop):
        self.reader = reader
        self.writer = writer
        self.shop = shop
        self.parts = []
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
        finally:
            self.writer.close()

    def collect_incoming_data(self, data):
        self.parts.append(data)

    def found_terminator(self):
        words = b"".join(self.parts)
        self.parts = []
        if self.terminator == 0:
            self.terminator = b"\r\n"
            self.writer.write(b"have %s\r\n" % words)
        elif words.startswith(b"pawn "):
            self.terminator = checked_terminator(int(words[5:]))
        else:
            self.writer.write(b"what is %s?\r\n" % words)


class Scales:
    """Four grains at a time."""

    def __init__(self, reader, writer, shop):
        self.reader = reader
        self.writer = writer
        self.parts = []
        self.terminator = 4

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, self.terminator)
                if data:
                    self.collect_incoming_data(data)
                    self.terminator -= len(data)
                if complete:
                    self.found_terminator()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        finally:
            self.writer.close()

    def collect_incoming_data(self, data):
        self.parts.append(data)

    def found_terminator(self):
        empty = not self.terminator
        self.terminator = 4
        self.writer.write(b"%s %d\n" % (b"".join(self.parts), empty))
        self.parts = []


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


class Guest:
    """Its bill is asked for by name."""

    def __init__(self, reader, writer, shop):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.bill = b""
        self.name = b"guest"
        shop.guests.append(self)
        self.shop = shop

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, b"\n")
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
        self.bill += data

    def found_terminator(self):
        self.name = self.bill
        self.bill = b""
        for guest in self.shop.guests:
            self.push(b"%s owes %s\n" % tuple(getattr(guest, field) for field in self.shop.fields))
        self.push(b"%d in all\n" % sum(map(len, map(operator.attrgetter("bill"), self.shop.guests))))

    def handle_close(self):
        self.shop.guests.remove(self)
        self.close()


class Porter:
    """`hurry` has everybody say what they have so far, `add` puts something into their mouths."""

    def __init__(self, reader, writer, shop):
        self.reader = reader
        self.writer = writer
        self.words = []
        shop.guests.append(self)
        self.shop = shop

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, b"\n")
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
        self.words.append(data)

    def found_terminator(self):
        words = b"".join(self.words)
        self.words = []
        others = [guest for guest in self.shop.guests if guest is not self]
        if words == b"hurry":
            for guest in others:
                guest.found_terminator()
        elif words == b"add":
            for guest in others:
                guest.collect_incoming_data(b", please")
        self.writer.write(b"[%s]\n" % words)


class Door:
    fields = ("name", "bill")

    def __init__(self, port, kind):
        self.kind = kind
        self.guests = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await self.kind(reader, writer, self).run()


async def read_piece(reader, writer, unread, terminator):
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
        received = await reader.read(65536)
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
    counter = Door(ports[0], Counter)
    scales = Door(ports[1], Scales)
    book = Door(ports[2], Book)
    shared = Door(ports[3], Shared)
    lodge = Door(ports[4], Guest)
    porters = Door(ports[5], Porter)
    asyncio.run(
        run_all(
            counter.serve_forever(),
            scales.serve_forever(),
            book.serve_forever(),
            shared.serve_forever(),
            lodge.serve_forever(),
            porters.serve_forever(),
        )
    )
