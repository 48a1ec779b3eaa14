"""The listener keeps the socket it accepted last, and hangs up on it later."""
from asyncore_bridge import asyncore
import sys


class Guest(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(1024))


class Door(asyncore.dispatcher):
    guest = None

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        self.turn_out()
        self.guest, addr = self.accept()
        Guest(self.guest)

    def turn_out(self):
        if self.guest is not None:
            self.guest.shutdown(2)


Door(int(sys.argv[1]))
asyncore.loop()
