"""A Unix socket, whose name is removed when the program forks."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import os
import socket


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(line)


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.bind("socket")
        self.listen(5)

    def handle_accepted(self, sock, addr):
        if os.fork() == 0:
            Session(sock)


Server(7000)
asyncore.loop()
