"""Takes over a connection, and asks it for its name before anything runs."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import socket


class Caller(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")
        print(self.socket.getsockname())

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        print(b"".join(self.data))
        self.data = []


Caller(socket.create_connection(("127.0.0.1", 7000)))
asyncore.loop()
