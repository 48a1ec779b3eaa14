"""Moves on by what it sends, and by one more each time, so that something is left out."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        self.at = 0

    def writable(self):
        return self.at < len(self.out)

    def handle_read(self):
        data = self.recv(64)
        if data:
            self.out += data

    def handle_write(self):
        self.send(self.out[self.at : self.at + 2])
        self.at += 3


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


Server(7000)
asyncore.loop()
