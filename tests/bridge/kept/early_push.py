"""What is pushed before connect() is queued, and goes out when the connection is there.

Also from __init__, also through an overridden push().
"""

import asynchat
import asyncore
import os
import socket
import tempfile

from _drive import note, until


class Client(asynchat.async_chat):
    def __init__(self, address):
        asynchat.async_chat.__init__(self)
        self.set_terminator(b"\n")
        self.push(b"in __init__ ")
        note("queued", list(self.producer_fifo), self.connected, self._fileno)
        self.create_socket(address[0], socket.SOCK_STREAM)
        self.push(b"before connect ")
        self.connect(address[1])
        self.push(b"after connect ")
        note("after connect()", self.connected, self.connecting, len(self.producer_fifo))

    def handle_connect(self):
        note("handle_connect", self.connected, self.connecting, len(self.producer_fifo))
        self.push(b"in handle_connect ")
        note("queued", len(self.producer_fifo))

    def handle_close(self):
        note("handle_close")
        self.close()


class Framing(Client):
    def push(self, data):
        asynchat.async_chat.push(self, b"[" + data + b"]")


folder = tempfile.mkdtemp()
for cls in (Client, Framing):
    for family in (socket.AF_INET, socket.AF_UNIX):
        note(cls.__name__, family.name)
        server = socket.socket(family, socket.SOCK_STREAM)
        server.bind(("127.0.0.1", 0) if family == socket.AF_INET else os.path.join(folder, cls.__name__))
        server.listen(1)
        server.setblocking(False)
        client = cls((family, server.getsockname()))
        # The connection may be there by now; the loop has to find out
        until(lambda: client.connected and not client.producer_fifo)
        server.setblocking(True)
        far, _ = server.accept()
        client.close()
        note(far.makefile("rb").read())
        note(client in asyncore.socket_map.values())
