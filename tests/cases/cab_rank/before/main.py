"""Porters at a cab rank, who speak for each other."""
import asynchat
import asyncore
import socket
import sys


class Porter(asynchat.async_chat):
    """`hurry` has everybody say what they have so far, `add` puts something into their mouths."""

    def __init__(self, sock, /, rank):
        asynchat.async_chat.__init__(self, sock)
        self.words = []
        self.set_terminator(b"\n")
        rank.porters.append(self)
        self.rank = rank

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        words = b"".join(self.words)
        self.words = []
        others = [other for other in self.rank.porters if other is not self]
        if words == b"hurry":
            for other in others:
                other.found_terminator()
        elif words == b"add":
            for other in others:
                other.collect_incoming_data(b", please")
        self.push(b"[%s]\n" % words)


class Rank(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.porters = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Porter(sock, self)


if __name__ == "__main__":
    Rank(int(sys.argv[1]))
    asyncore.loop()
