"""A footbridge whose ends are of one class: one was accepted, the other one is told where to go."""
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


Footbridge(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2])))
asyncore.loop()
