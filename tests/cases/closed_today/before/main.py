"""A shop that is closed: the listener says so itself, and makes no sessions."""

import asyncore
import socket
import sys


class Door(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        print("from", addr[0])
        sock.sendall(b"closed today\n")
        sock.close()


Door(int(sys.argv[1]))
asyncore.loop()
