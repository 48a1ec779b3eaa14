"""Texts on demand: short ones are pushed, long ones come from producers, as fast as they are read."""
import asyncore
import sys
from asynchat import async_chat, simple_producer

SHELF = {b"haiku": b"old pond\nfrog leaps in\nwater's sound\n"}


class Volume:
    """A long text, made up line by line; `left` is what nobody has asked for yet."""

    def __init__(self, lines):
        self.left = lines

    def more(self):
        if not self.left:
            return b""
        self.left -= 1
        if not self.left:
            print("read to the end")
        return b"%06d %s\n" % (self.left, b"." * 200)


class Torn:
    def more(self):
        raise OSError("page missing")


class Reader(async_chat):
    lent = []

    def __init__(self, sock):
        async_chat.__init__(self, sock)
        self.request = []
        self.set_terminator(b"\n")
        self.push_with_producer(simple_producer(b"welcome\n"))

    def collect_incoming_data(self, data):
        self.request.append(data)

    def found_terminator(self):
        title, _, number = b"".join(self.request).partition(b" ")
        self.request = []
        if title in SHELF:
            self.push_with_producer(simple_producer(SHELF[title], 10))
        elif title == b"volume":
            found = self.lend(int(number or b"3"))
            self.push(b"that was %d\n" % found)
        elif title == b"torn":
            self.push(b"here it is\n")
            self.push_with_producer(Torn())
        elif title == b"left":
            self.push(b"%d\n" % sum(volume.left > 0 for volume in self.lent))
        elif title == b"last":
            self.lend(2)
            self.close_when_done()
        else:
            self.push(b"no such title\n")

    def lend(self, lines):
        """Send a volume, with its title page in front."""
        self.push(b"Volume of %d\n" % lines)
        volume = Volume(lines)
        self.lent.append(volume)
        # as the reader reads
        self.push_with_producer(volume)
        return lines


class Library(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Reader(sock)


Library(int(sys.argv[1]))
asyncore.loop()
