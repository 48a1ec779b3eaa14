"""Neither socket nor create_server() is the module's here: new code has no name for what it needs."""
from asyncore_bridge import asyncore
from socket import AF_INET, SOCK_STREAM, socket


def create_server():
    return socket(AF_INET, SOCK_STREAM)


class Session(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(10))


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


print(create_server())
Server(7000)
asyncore.loop()
