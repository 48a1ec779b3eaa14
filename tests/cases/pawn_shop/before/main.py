"""A pawn shop: a counter that looks at its terminator, and a book that all share."""
import asynchat
import asyncore
import socket
import sys


class Counter(asynchat.async_chat):
    """`pawn 5`, and the thing itself; which of the two it is, the terminator says."""

    def __init__(self, sock, shop):
        asynchat.async_chat.__init__(self, sock)
        self.shop = shop
        self.parts = []
        self.set_terminator(b"\r\n")

    def collect_incoming_data(self, data):
        self.parts.append(data)

    def found_terminator(self):
        words = b"".join(self.parts)
        self.parts = []
        if self.get_terminator() == 0:
            self.set_terminator(b"\r\n")
            self.push(b"have %s\r\n" % words)
        elif words.startswith(b"pawn "):
            self.set_terminator(int(words[5:]))
        else:
            self.push(b"what is %s?\r\n" % words)


class Scales(asynchat.async_chat):
    """Four grains at a time."""

    def __init__(self, sock, shop):
        asynchat.async_chat.__init__(self, sock)
        self.parts = []
        self.set_terminator(4)

    def collect_incoming_data(self, data):
        self.parts.append(data)

    def found_terminator(self):
        empty = not self.terminator
        self.set_terminator(4)
        thing = b"".join(self.parts)
        self.parts = []
        print("weighing", thing.decode(), self.connected)
        if thing == b"stop":
            self.close_when_done()
        self.push(b"%s %d\n" % (thing, empty))


class Book(asynchat.async_chat):
    """One page for all: who writes without a full stop has the next one go on."""

    page = []

    def __init__(self, sock, shop):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b".")

    def collect_incoming_data(self, data):
        self.page.append(data)

    def found_terminator(self):
        text = b"".join(self.page)
        del self.page[:]
        self.push(b"[%s]\n" % text)


class Shared(asynchat.async_chat):
    """The same, by way of a default value."""

    def __init__(self, sock, shop, page=[]):
        asynchat.async_chat.__init__(self, sock)
        self.page = page
        self.set_terminator(b".")

    def collect_incoming_data(self, data):
        self.page.append(data)

    def found_terminator(self):
        text = b"".join(self.page)
        del self.page[:]
        self.push(b"[%s]\n" % text)


class Door(asyncore.dispatcher):
    def __init__(self, port, kind=None):
        asyncore.dispatcher.__init__(self)
        self.kind = kind
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        if self.kind is None:
            Counter(sock, self)
        else:
            self.kind(sock, self)


if __name__ == "__main__":
    ports = [int(word) for word in sys.argv[1:]]
    counter = Door(ports[0])
    scales = Door(ports[1], Scales)
    book = Door(ports[2], Book)
    shared = Door(ports[3], Shared)
    asyncore.loop()
