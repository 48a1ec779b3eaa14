"""A footbridge and a ferry, each with ends of one class: one was accepted, the other one is told where to go."""
import asyncore
import socket
import sys


class Bank(asyncore.dispatcher):

    def __init__(self, sock=None, address=None):
        asyncore.dispatcher.__init__(self, sock)
        self.people = b""
        self.opposite = None
        if address is not None:
            self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
            self.connect(address)

    def handle_connect(self):
        print("across")

    def readable(self):
        return len(self.opposite.people) < 100000

    def handle_read(self):
        self.opposite.people += self.recv(4096)

    def writable(self):
        return len(self.people) > 0

    def handle_write(self):
        gone = self.send(self.people)
        self.people = self.people[gone:]

    def handle_close(self):
        self.close()
        self.opposite.close()


class Footbridge(asyncore.dispatcher):

    def __init__(self, port, address):
        asyncore.dispatcher.__init__(self)
        self.address = address
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        here, there = Bank(sock), Bank(address=self.address)
        here.opposite, there.opposite = there, here


class Pier(asyncore.dispatcher):
    """Has its boat and its course from whoever builds it."""

    def __init__(self, sock=None):
        asyncore.dispatcher.__init__(self, sock)
        self.aboard = b""
        self.other_side = None

    def has_room(self):
        return len(self.aboard) < 100000

    def readable(self):
        return self.other_side.has_room()

    def handle_read(self):
        self.other_side.aboard += self.recv(4096)

    def writable(self):
        return bool(self.aboard) or not self.connected

    def handle_write(self):
        gone = self.send(self.aboard)
        self.aboard = self.aboard[gone:]

    def handle_close(self):
        print("the pier at", self.addr[0], "is closed")
        self.close()
        self.other_side.close()


class Ferry(Footbridge):

    def handle_accepted(self, sock, addr):
        pier, landing = Pier(sock), Pier()
        pier.other_side, landing.other_side = landing, pier
        landing.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        landing.connect(self.address)


Footbridge(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2])))
Ferry(int(sys.argv[3]), ("127.0.0.1", int(sys.argv[2])))
asyncore.loop()
