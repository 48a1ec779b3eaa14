"""Is given its socket, and says at what address it is, which only bind() would have kept."""
import asyncore
import socket


class Session(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


class Server(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.accepting = True

    def handle_accept(self):
        sock, addr = self.accept()
        print("somebody at", self.addr)
        Session(sock)


Server(socket.create_server(("127.0.0.1", 7000)))
asyncore.loop()
