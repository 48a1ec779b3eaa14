"""A session that has said all it has to say closes in its constructor only if it was asked for that."""
from asyncore_bridge import asyncore
import socket


class Sign(asyncore.dispatcher_with_send):
    def __init__(self, sock, brief):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.send(b"closed on Mondays\n")
        if brief:
            self.close()


class Door(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Sign(sock, addr[0] == "127.0.0.1")


Door(7000)
asyncore.loop()
