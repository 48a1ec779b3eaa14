import asyncore
import socket


class FarLine(asyncore.dispatcher_with_send):
    """Goes on from here."""

    def __init__(self, near, address):
        asyncore.dispatcher_with_send.__init__(self)
        self.near = near
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def handle_read(self):
        data = self.recv(8192)
        if data:
            self.near.send(data)

    def handle_close(self):
        self.close()
        self.near.close()


class NearLine(asyncore.dispatcher_with_send):
    """Comes here."""

    def __init__(self, sock, address):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.far = FarLine(self, address)

    def handle_read(self):
        data = self.recv(8192)
        if data:
            self.far.send(data)

    def handle_close(self):
        self.close()
        self.far.close()
