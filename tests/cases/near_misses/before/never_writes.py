"""Gathers what it would send, and always says that it has nothing."""
import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""

    def handle_read(self):
        self.out += self.recv(64)

    def writable(self):
        return False

    def handle_write(self):
        sent = self.send(self.out)
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
