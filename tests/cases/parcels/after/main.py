"""A parcel counter, and a porter at another door who can have the counter stop looking for parcels."""
import asyncio
import logging
import socket
import sys

from parts import Label


class Counter:

    def __init__(self, reader, writer, office):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.office = office
        self.part = Label(self)
        self.terminator = b"\n"
        office.append(self)

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await receive_piece(self.reader, self.writer, unread, self.terminator)
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
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def set_terminator(self, terminator):
        """Say what ends the next frame: a delimiter, or the length in bytes; None if nothing does."""
        self.terminator = checked_terminator(terminator)

    def get_terminator(self):
        return self.terminator

    def close(self):
        self.connected = False
        self.writer.close()

    def begin(self, part, terminator):
        self.part = part
        self.terminator = checked_terminator(terminator)

    def collect_incoming_data(self, data):
        self.part.feed(data)

    def found_terminator(self):
        self.part.done()

    def handle_close(self):
        self.office.remove(self)
        print("left", self.part.text().decode(), len(self.office))
        self.close()


class Porter:

    def __init__(self, reader, writer, office):
        self.reader = reader
        self.writer = writer
        self.office = office
        self.order = b""
        self.terminator = b"\n"

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await receive_piece(self.reader, self.writer, unread, self.terminator)
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

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def set_terminator(self, terminator):
        """Say what ends the next frame: a delimiter, or the length in bytes; None if nothing does."""
        self.terminator = checked_terminator(terminator)

    def get_terminator(self):
        return self.terminator

    def collect_incoming_data(self, data):
        self.order += data

    def found_terminator(self):
        order, self.order = self.order, b""
        for counter in self.office:
            if order == b"stop":
                counter.set_terminator(None)
            elif order == b"comma":
                counter.set_terminator(b",")
            elif order == b"missing":
                self.push(b"%r\n" % counter.get_terminator())
        self.push(b"done\n")


class CounterDoor:

    def __init__(self, port, office):
        self.office = office
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Counter(reader, writer, self.office).run()


class PorterDoor:

    def __init__(self, port, office):
        self.office = office
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        session = Porter(reader, writer, self.office)
        self.last = session
        await session.run()


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def receive_piece(reader, writer, unread, terminator, limit=65536):
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
        received = await receive_some(reader, limit)
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
    office = []
    server1 = CounterDoor(int(sys.argv[1]), office)
    server2 = PorterDoor(int(sys.argv[2]), office)
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
