"""Another object makes the sessions, and raises where it does not, which closed the listener."""
from asyncore_bridge import asyncore


class Guest(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


class Reception:
    rooms = 2

    def check_in(self, sock):
        if not self.rooms:
            raise RuntimeError("no room")
        self.rooms -= 1
        return Guest(sock)


class Hotel(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.reception = Reception()
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.reception.check_in(sock)


Hotel(7000)
asyncore.loop()
