"""ferry.py - carries what comes to one bank of the river over to the other

usage: main.py PORT HOST OTHERPORT
"""
import asyncore
import socket
import sys


class NearBank(asyncore.dispatcher):
    """Where passengers come from."""

    most = 64 * 1024

    def __init__(self, conn):
        asyncore.dispatcher.__init__(self, conn)
        self.outward = b""   # for the far bank
        self.homeward = b""  # from the far bank
        self.far = None

    def readable(self):
        return len(self.outward) < self.most

    def handle_read(self):
        data = self.recv(8192)
        if data:
            self.outward = self.outward + data

    def writable(self):
        return len(self.homeward) > 0

    def handle_write(self):
        sent = self.send(self.homeward)
        self.homeward = self.homeward[sent:]

    def handle_close(self):
        print("near bank is empty")
        self.close()
        if self.far is not None:
            self.far.close()


class FarBank(asyncore.dispatcher):
    """Where they go; carries both ways in the other's boats."""

    def __init__(self, near, address):
        asyncore.dispatcher.__init__(self)
        self.near = near
        near.far = self
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def handle_connect(self):
        print("landed")

    def readable(self):
        return len(self.near.homeward) < self.near.most

    def handle_read(self):
        self.near.homeward += self.recv(8192)

    def writable(self):
        return not self.connected or len(self.near.outward) > 0

    def handle_write(self):
        if not self.near.outward:
            return
        sent = self.send(self.near.outward)
        self.near.outward = self.near.outward[sent:]

    def handle_error(self):
        print("no landing:", sys.exc_info()[0].__name__)
        self.handle_close()

    def handle_close(self):
        self.close()
        # nobody is left in the boat
        waiting = self.near.homeward
        if waiting:
            self.near.socket.setblocking(1)
            self.near.socket.sendall(waiting)
        self.near.close()


class Ferry(asyncore.dispatcher):

    def __init__(self, address, other):
        asyncore.dispatcher.__init__(self)
        self.other = other
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(address)
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            FarBank(NearBank(pair[0]), self.other)


if __name__ == "__main__":
    Ferry(("127.0.0.1", int(sys.argv[1])), (sys.argv[2], int(sys.argv[3])))
    asyncore.loop()
