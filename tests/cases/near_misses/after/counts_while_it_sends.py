"""What it sends it has counted by another, who may give it more to send."""
from asyncore_bridge import asyncore
import socket
import struct

import gauge


class Meter(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))
        self.readings = []

    def handle_read(self):
        data, addr = self.socket.recvfrom(512)
        self.readings.append((data, addr))

    def writable(self):
        return bool(self.readings)

    def handle_write(self):
        data, addr = self.readings.pop(0)
        self.socket.sendto(struct.pack("!H", gauge.count(self)) + data, addr)


Meter(7000)
asyncore.loop()
