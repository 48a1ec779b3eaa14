"""A class that asks asynchat to encode its terminator: it handles bytes, and always did."""

import asynchat
import asyncore
import socket
import sys

STOP = " STOP "


class Operator(asynchat.async_chat):
    use_encoding = 1
    encoding = "ascii"

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.words = []
        self.set_terminator("\r\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        line = b"".join(self.words)
        self.words = []
        if line == b"telegram":
            self.set_terminator(STOP)
        elif line == b"over":
            self.set_terminator("\r\n")
        self.push(b"<" + line + b">")


class Office(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Operator(sock)


Office(int(sys.argv[1]))
asyncore.loop()
