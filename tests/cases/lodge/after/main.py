"""A lodge that lists its guests, and a hall where whoever is there is found in asyncore's own map."""
import asyncio
import logging
import operator
import socket
import sys


class Guest:
    """Its bill is asked for by name."""

    def __init__(self, reader, writer, lodge):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.bill = b""
        self.name = b"guest"
        lodge.guests.append(self)
        self.lodge = lodge

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await receive_piece(self.reader, self.writer, unread, b"\n")
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
        for guest in self.lodge.guests:
            self.push(b"%s owes %s\n" % tuple(getattr(guest, field) for field in self.lodge.fields))
        self.push(b"%d in all\n" % sum(map(len, map(operator.attrgetter("bill"), self.lodge.guests))))

    def handle_close(self):
        self.lodge.guests.remove(self)
        self.close()


class Visitor:
    """Looks around when it comes, when it speaks and when it goes, for itself as well."""

    sessions = ()  # those that were open when the last one came

    @classmethod
    def all_open(cls):
        """Return the sessions whose connections are open, in the order in which they came."""
        return [one for one in cls.sessions if one.connected]

    def __init__(self, reader, writer, hall):
        self.reader = reader
        self.writer = writer
        Visitor.sessions = (*self.all_open(), self)
        self.connected = True
        print(len(visitors()), "with the new one")

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while not self.writer.is_closing():
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
                await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, words):
        self.writer.write(b"%d here\n" % len(visitors()))
        if words == b"leave":
            self.writer.write(b"farewell\n")
            self.writer.close()

    def handle_close(self):
        before = len(visitors())
        self.close()
        print("one of", before, "leaves", len(visitors()))


def visitors():
    return Visitor.all_open()


class Lodge:
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


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def receive_piece(reader, writer, unread, delimiter, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size, complete = unread.find(delimiter), delimiter in unread
    if not complete:  # the delimiter may have come in part
        begun = (n for n in range(len(delimiter) - 1, 0, -1) if unread.endswith(delimiter[:n]))
        size = len(unread) - next(begun, 0)
    piece = bytes(unread[:size])
    del unread[: size + len(delimiter) if complete else size]
    if not piece and not complete:
        received = await receive_some(reader, limit)
        if not received:
            raise asyncio.IncompleteReadError(b"", None)
        if not writer.is_closing():  # we handle nothing more once we are closing
            unread += received
    return piece, complete


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


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    lodge = Lodge(int(sys.argv[1]), Guest)
    hall = Lodge(int(sys.argv[2]), Visitor)
    asyncio.run(run_all(lodge.serve_forever(), hall.serve_forever()))
