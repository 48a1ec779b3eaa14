"""EMFILE while accepting, in a server with the stock handle_error(): the listener is closed.

stdlib: the server has closed itself
bridge: the server is still there
"""

import asyncore
import os
import resource
import socket


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", 0))
        self.listen(10)

    def log_info(self, message, type="info"):
        pass

    def handle_accepted(self, sock, addr):
        sock.close()


server = Server()
asyncore.loop(timeout=0, count=1)
client = socket.create_connection(server.socket.getsockname())
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (60, hard))
hoard = []
try:
    while True:
        hoard.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
asyncore.loop(timeout=0.5, count=1)
print("the server is still there" if server.accepting else "the server has closed itself")
