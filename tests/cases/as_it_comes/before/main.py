"""Three services that do not wait for whole frames: a store with checksums, a guest book, and a drop box."""
import asynchat
import asyncore
import sys
import zlib


class Store(asynchat.async_chat):
    """`put NAME SIZE`, then SIZE bytes, of which only the checksum is kept."""

    limit = 64

    def __init__(self, sock, shelf):
        asynchat.async_chat.__init__(self, sock)
        self.shelf = shelf
        self.line = bytearray()
        self.name = None
        self.set_terminator(b"\r\n")

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
            self.set_terminator(b"\r\n")
            return
        verb, *words = bytes(self.line).split()
        self.line.clear()
        if verb == b"put":
            size = int(words[1])
            self.push(b"ready\r\n")
            if size:
                self.set_terminator(size)
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
            print("missing", self.get_terminator(), "bytes of", self.name.decode())
        elif self.line:
            print("in the middle of", bytes(self.line))


class GuestBook(asynchat.async_chat):
    """A line a guest; one that comes without its end counts as well."""

    def __init__(self, sock, book):
        asynchat.async_chat.__init__(self, sock)
        self.book = book
        self.buffer = b""
        self.set_terminator(b"--")

    def collect_incoming_data(self, data):
        self.buffer += data

    def found_terminator(self):
        self.book.append(self.buffer)
        self.buffer = b""
        print("guests:", b",".join(self.book).decode())

    def handle_close(self):
        if self.buffer:
            self.found_terminator()
        self.close()
        print("guest leaves")


class DropBox(asynchat.async_chat):
    """A title, an empty line, and whatever comes until the peer hangs up."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.title = None
        self.parts = []
        self.set_terminator(b"\n\n")

    def collect_incoming_data(self, data):
        self.parts.append(data)

    def found_terminator(self):
        self.title = b"".join(self.parts).decode()
        self.parts = []
        self.push(b"go on\n")
        self.set_terminator(None)

    def handle_close(self):
        self.close()
        print(self.title, len(b"".join(self.parts)))


class StoreDoor(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.kept = {}
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Store(sock, self.kept)


class BookDoor(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.kept = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        GuestBook(sock, self.kept)


class BoxDoor(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        DropBox(sock)


if __name__ == "__main__":
    ports = [int(word) for word in sys.argv[1:]]
    StoreDoor(ports[0])
    BookDoor(ports[1])
    BoxDoor(ports[2])
    asyncore.loop()
