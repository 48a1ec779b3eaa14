"""Connects again as soon as it is closed, in the very same object."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import socket


class Session(asynchat.async_chat):
    def __init__(self, sock=None):
        asynchat.async_chat.__init__(self)
        self.data = []
        self.set_terminator("\n".encode())
        self.reconnect()

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(line)

    def reconnect(self):
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", 7001))

    def handle_close(self):
        self.close()
        self.reconnect()


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


Server(7000)
asyncore.loop()
