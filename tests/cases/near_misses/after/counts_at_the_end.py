"""A server with a map of its own, of which each session says at its end how many there are: itself among them."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import socket

CHANNELS = {}


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock, map=CHANNELS)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(line)

    def handle_close(self):
        print(len(CHANNELS), "were there")
        self.close()


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self, map=CHANNELS)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


Server(7000)
asyncore.loop(map=CHANNELS)
