"""A reading room: what is taken from the shelves comes block by block, also to others, and to all at once."""
import asyncio
import collections
import logging
import socket
import sys
import zlib

SHELVES = {b"note": b"milk, bread", b"book": b"It was a dark and stormy night. " * 40_000}


class Blocks:
    """A text in blocks of a given size."""

    def __init__(self, text, size=4096):
        self.text = text
        self.size = size

    def more(self):
        block, self.text = self.text[:self.size], self.text[self.size:]
        return block


class Chunked:
    """What another producer has, each block with its length, and an empty one at the end."""

    def __init__(self, producer):
        self.producer = producer

    def more(self):
        if self.producer is None:
            return b""
        block = self.producer.more()
        if not block:
            self.producer = None
        return b"%x\r\n%s\r\n" % (len(block), block)


class Lines:
    """Whatever can be iterated over."""

    def __init__(self, lines):
        self.lines = iter(lines)

    def more(self):
        return next(self.lines, b"")


class Torn:
    """A text of which the last page is missing."""

    def __init__(self, pages):
        self.pages = [b"page\r\n"] * pages

    def more(self):
        return self.pages.pop()


def numbered(text):
    for number, word in enumerate(text.split(b" ")):
        yield b"%d %s\r\n" % (number, word)


class SimpleProducer:
    """Gives *data* a piece at a time."""

    def __init__(self, data, buffer_size=512):
        self.data = data
        self.buffer_size = buffer_size

    def more(self):
        piece, self.data = self.data[: self.buffer_size], self.data[self.buffer_size :]
        return piece


class Desk:
    """Hands out what readers ask for."""

    def __init__(self):
        self.readers = []

    def take(self, reader, name=b"note"):
        reader.push(b"+ %d\r\n" % len(SHELVES[name]))
        reader.push_with_producer(Chunked(Blocks(SHELVES[name])))
        reader.push(b"+ taken\r\n")

    def words(self, reader, name=b"note"):
        reader.push_with_producer(Lines(numbered(SHELVES[name])))
        reader.push_with_producer(SimpleProducer(b"+ words\r\n"))

    def share(self, reader, name=b"note"):
        for other in list(self.readers):
            other.push_with_producer(Blocks(SHELVES[name], 5000))
            other.push(b"\r\n")

    def torn(self, reader, pages=b"0"):
        reader.push_with_producer(Torn(int(pages)))
        reader.push(b"+ torn\r\n")
        self.tell(b"torn")

    def leave(self, reader):
        reader.push(b"+ bye\r\n")
        reader.close_when_done()
        reader.push(b"+ unheard\r\n")

    def tell(self, what):
        for other in self.readers:
            other.push(b"* %s\r\n" % what)


class Reader:

    def __init__(self, reader, writer, desk):
        self.reader = reader
        self.writer = writer
        self.queued = collections.deque()  # a producer at work, and what waits behind it
        self.connected = True
        self.desk = desk
        self.desk.readers.append(self)
        self.desk.tell(b"%d here" % len(self.desk.readers))

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\r\n"))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if self.queued:
            self.queued.append(data)
        elif not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.handle_close()

    def push_with_producer(self, producer):
        """Send what *producer* has, asking it for more as the peer takes it."""
        if self.queued:
            self.queued.append(producer)
        elif not self.writer.is_closing() and (data := producer.more()):
            self.writer.write(data)
            self.queued.append(producer)
            self.sending = asyncio.create_task(self.send_queued())
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.handle_close()

    async def send_queued(self):
        """Send what is queued, in order, as the peer takes it."""
        self.writer.transport.set_write_buffer_limits(high=0)  # drain() waits until all has gone out
        try:
            while self.queued:
                await self.writer.drain()
                await asyncio.sleep(0)  # others have their turn, however fast this peer is
                if self.writer.is_closing():
                    break
                first = self.queued[0]
                if first is None:
                    self.queued.clear()  # nothing comes behind the end
                    self.close_when_done()
                elif not hasattr(first, "more"):
                    self.writer.write(self.queued.popleft())
                elif data := first.more():
                    self.writer.write(data)
                else:
                    self.queued.popleft()
        except ConnectionError:
            pass  # the peer has gone
        except Exception as error:  # noqa: BLE001
            self.reader.set_exception(error)  # it ends the session, as any other does

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        if self.queued:
            self.queued.append(None)  # the end, once all before it has gone out
            return
        if not self.writer.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_soon(self.end_session)  # the hook runs before the peer sees the end
        self.writer.close()

    def end_session(self):
        if self.connected:
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, order):
        words = order.split()
        serve = {b"take": self.desk.take, b"words": self.desk.words, b"share": self.desk.share,
                 b"torn": self.desk.torn, b"leave": self.desk.leave}.get(words[0])
        if serve is None:
            self.push(b"%08x?\r\n" % zlib.crc32(words[0]))
        else:
            serve(self, *words[1:])

    def handle_close(self):
        self.close()
        self.desk.readers.remove(self)
        self.desk.tell(b"%d left" % len(self.desk.readers))


class Room:

    def __init__(self, port):
        self.desk = Desk()
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Reader(reader, writer, self.desk).run()


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


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


if __name__ == "__main__":
    asyncio.run(Room(int(sys.argv[1])).serve_forever())
