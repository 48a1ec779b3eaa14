"""What goes wrong behind making a session leaves the session as it is."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import sys


class Visitor(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        pass

    def found_terminator(self):
        self.push(b"welcome\n")


class Museum(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.tickets = ["red", "blue"]
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Visitor(sock)
        print(self.tickets.pop())

    def handle_error(self):
        print("no tickets left:", sys.exc_info()[1])


Museum(7000)
asyncore.loop()
