"""Tells stories line by line, for as long as they are, and listens meanwhile."""
import asyncore
import socket
import sys


def story(lines):
    yield b"once upon a time\n"
    for number in range(lines):
        yield b"%d and then\n" % number
    yield b"the end\n"


class Listener(asyncore.dispatcher):
    """One child in front of the teller."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.wishes = b""
        self.story = None
        self.sentence = b""

    def handle_read(self):
        data = self.recv(1024)
        if not data:
            return
        self.wishes += data
        while b"\n" in self.wishes:
            wish, self.wishes = self.wishes.split(b"\n", 1)
            if wish == b"another one":
                self.story = story(3)
            else:
                self.story = story(int(wish))

    def writable(self):
        return self.story is not None

    def handle_write(self):
        if not self.sentence:
            try:
                self.sentence = next(self.story)
            except StopIteration:
                self.story = None
                return
        told = self.send(self.sentence)
        self.sentence = self.sentence[told:]

    def handle_close(self):
        print("asleep")
        self.close()


class StoryHour(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Listener(sock)


StoryHour(int(sys.argv[1]))
asyncore.loop()
