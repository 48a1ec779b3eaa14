"""A UDP echo server."""

import asyncore
import socket


class Echo(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", 0))

    def writable(self):
        return False

    def handle_read(self):
        data, addr = self.socket.recvfrom(2048)
        self.socket.sendto(data, addr)


server = Echo()
print(server.socket.getsockname()[1], flush=True)
asyncore.loop(use_poll=True)
