"""Is given a socket, and never told that it listens: asyncore reads from that instead."""
import asyncore
import socket


class Session(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


class Server(asyncore.dispatcher):
    def handle_accept(self):
        sock, addr = self.accept()
        Session(sock)


Server(socket.create_server(("127.0.0.1", 7000)))
asyncore.loop()
