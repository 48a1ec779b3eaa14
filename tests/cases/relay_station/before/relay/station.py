import asyncore
import socket

from .lines import NearLine


class Station(asyncore.dispatcher):

    def __init__(self, port, onward):
        asyncore.dispatcher.__init__(self)
        self.onward = onward
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        NearLine(sock, self.onward)
