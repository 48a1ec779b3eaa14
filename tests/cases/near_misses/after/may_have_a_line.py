"""Is given a socket or not, as the case may be, and connects without one: nobody can tell which it is."""
from asyncore_bridge import asyncore
import socket

from elsewhere import find_line


class Caller(asyncore.dispatcher_with_send):
    def __init__(self, sock=None):
        asyncore.dispatcher_with_send.__init__(self, sock)
        if sock is None:
            self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
            self.connect(("127.0.0.1", 8000))

    def handle_read(self):
        print(self.recv(1000))


Caller(find_line())
asyncore.loop()
