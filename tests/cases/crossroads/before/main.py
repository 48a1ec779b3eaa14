"""Crossroads that carts come to and that send out one of their own: what one of them says, all others hear."""
import asynchat
import asyncore
import socket
import sys


class Cart(asynchat.async_chat):

    def __init__(self, roads, sock=None, port=None):
        asynchat.async_chat.__init__(self, sock)
        self.roads = roads
        self.cry = b""
        self.set_terminator(b"\n")
        if sock is not None:
            self.push(b"good day\n")
        else:
            self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
            self.connect(("127.0.0.1", port))

    def handle_connect(self):
        self.push(b"we come\n")

    def collect_incoming_data(self, data):
        self.cry += data

    def found_terminator(self):
        cry, self.cry = self.cry, b""
        if cry == b"farewell":
            self.roads.carts.discard(self)
            self.close()
            return
        for cart in self.roads.carts:
            if cart is not self:
                cart.push(cry + b"\n")

    def handle_close(self):
        self.roads.carts.discard(self)
        self.close()


class Crossroads(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.carts = set()
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.carts.add(Cart(self, sock))

    def send_out(self, port):
        self.carts.add(Cart(self, port=port))


if __name__ == "__main__":
    crossroads = Crossroads(int(sys.argv[1]))
    crossroads.send_out(int(sys.argv[2]))
    asyncore.loop()
