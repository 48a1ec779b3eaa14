"""Milk from door to dairy and back: who hangs up lets go of the other end first, and then still looks for it."""
import asyncore
import socket
import sys


class Doorstep(asyncore.dispatcher):
    def __init__(self, sock, dairy):
        asyncore.dispatcher.__init__(self, sock)
        self.dairy = dairy
        dairy.doorstep = self
        self.bottles = b""
        self.orders = 0

    def handle_read(self):
        order = self.recv(4096)
        self.orders += len(order)
        self.dairy.orders += order

    def writable(self):
        return len(self.bottles) > 0

    def handle_write(self):
        sent = self.send(self.bottles)
        self.bottles = self.bottles[sent:]

    def handle_close(self):
        print("no more orders after", self.orders)
        self.close()
        if self.dairy:
            self.dairy.close()
            self.dairy = None


class Dairy(asyncore.dispatcher):
    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.doorstep = None
        self.orders = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def handle_read(self):
        self.doorstep.bottles += self.recv(4096)

    def writable(self):
        return not self.connected or len(self.orders) > 0

    def handle_write(self):
        sent = self.send(self.orders)
        self.orders = self.orders[sent:]

    def handle_close(self):
        print("no more milk")
        self.close()
        self.doorstep.close()


class Round(asyncore.dispatcher):
    def __init__(self, port, dairy):
        asyncore.dispatcher.__init__(self)
        self.dairy = ("127.0.0.1", dairy)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Doorstep(sock, Dairy(self.dairy))


if __name__ == "__main__":
    Round(int(sys.argv[1]), int(sys.argv[2]))
    asyncore.loop()
