"""Datagrams that wait for their time in writable()."""
import asyncore
import socket
import time


class Later(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))
        self.waiting = []

    def handle_read(self):
        data, addr = self.socket.recvfrom(512)
        self.waiting.append((time.time() + 1, data, addr))

    def writable(self):
        return bool(self.waiting) and time.time() > self.waiting[0][0]

    def handle_write(self):
        _, data, addr = self.waiting.pop(0)
        self.socket.sendto(data, addr)


Later(7000)
asyncore.loop()
