"""A method that says yes or no, and looks at the socket for that."""
from asyncore_bridge import asyncore


class Visitor(asyncore.dispatcher_with_send):
    def handle_read(self):
        data = self.recv(64)
        if data:
            self.send(data)


class House(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", 8000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        if self.is_welcome(sock, addr):
            Visitor(sock)

    def is_welcome(self, sock, addr):
        return sock.fileno() < 100


House()
asyncore.loop()
