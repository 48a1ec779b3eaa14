"""A boarding house: who has arrived is handed on from file to file, to those who have never heard of asyncore."""
import asynchat
import asyncore
import sys

import house


class Visitor(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        words = b"".join(self.words).decode()
        self.words = []
        house.heard(self, words)


class Door(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Visitor(sock)


if __name__ == "__main__":
    Door(int(sys.argv[1]))
    try:
        asyncore.loop()
    except KeyboardInterrupt:
        print("closed")
