"""A datagram socket that goes on with it when an empty datagram has closed it, and one that hears of its peer."""
from asyncore_bridge import asyncore
import socket


class Probe(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))

    def handle_read(self):
        data = self.recv(512)
        self.socket.sendto(b"%d bytes" % len(data), ("127.0.0.1", 7002))

    def writable(self):
        return False


class Greeter(asyncore.dispatcher):
    def __init__(self, port, peer):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))
        self.connect(peer)

    def handle_connect(self):
        print("has a peer")

    def handle_read(self):
        data = self.recv(512)
        print(data)

    def writable(self):
        return False


Probe(7000)
Greeter(7001, ("127.0.0.1", 7002))
asyncore.loop()
