"""Takes over a connection that ssl has wrapped, which asyncio does not."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import socket
import ssl


class Caller(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")
        self.push(b"hello\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        print(b"".join(self.data))
        self.data = []


Caller(ssl.create_default_context().wrap_socket(socket.create_connection(("127.0.0.1", 7000))))
asyncore.loop()
