"""A file object reads and writes for it."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.file = sock.makefile("rwb", buffering=0)

    def handle_read(self):
        self.file.write(self.file.readline())

    def writable(self):
        return False


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
