"""Another object makes the listener's sessions, and some of its own, of sockets that it has from elsewhere."""
from asyncore_bridge import asyncore
import socket


class Guest(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


class Reception:
    def check_in(self, sock):
        return Guest(sock)

    def check_in_both(self):
        for sock in socket.socketpair():
            self.check_in(sock)


class Hotel(asyncore.dispatcher):
    def __init__(self, port, reception):
        asyncore.dispatcher.__init__(self)
        self.reception = reception
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.reception.check_in(sock)


Hotel(7000, Reception())
asyncore.loop()
