"""Reads until somebody says so, to a function that settles it for all."""
from asyncore_bridge import asyncore

IS_OPEN = True


def shut():
    global IS_OPEN
    IS_OPEN = False


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        self.said = 0

    def readable(self):
        return IS_OPEN

    def writable(self):
        return len(self.out) > 0

    def handle_read(self):
        data = self.recv(64)
        if data == b"shut":
            shut()
        self.out += data

    def handle_write(self):
        sent = self.send(self.out)
        self.said += 1
        self.out = self.out[sent:]


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
