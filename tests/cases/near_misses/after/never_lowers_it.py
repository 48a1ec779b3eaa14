"""Lowers its flag when it has been told that all is done, and not when all is sent."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        self.ready = False
        self.done = False

    def handle_read(self):
        data = self.recv(64)
        if data:
            self.out += data
            self.ready = True
            self.done = data == b"x"

    def writable(self):
        return self.ready

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]
        if self.done:
            self.ready = False


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
