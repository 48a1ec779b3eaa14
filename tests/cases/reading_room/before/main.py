"""A reading room: what is taken from the shelves comes block by block, also to others, and to all at once."""
import asynchat
import asyncore
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
        reader.push_with_producer(asynchat.simple_producer(b"+ words\r\n"))

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


class Reader(asynchat.async_chat):

    def __init__(self, sock, desk):
        asynchat.async_chat.__init__(self, sock)
        self.desk = desk
        self.order = []
        self.set_terminator(b"\r\n")
        self.desk.readers.append(self)
        self.desk.tell(b"%d here" % len(self.desk.readers))

    def collect_incoming_data(self, data):
        self.order.append(data)

    def found_terminator(self):
        words = b"".join(self.order).split()
        self.order = []
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


class Room(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.desk = Desk()
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Reader(sock, self.desk)


if __name__ == "__main__":
    Room(int(sys.argv[1]))
    asyncore.loop()
