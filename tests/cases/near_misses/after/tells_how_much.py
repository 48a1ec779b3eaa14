"""Tells whoever called it how much was sent."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def writable(self):
        return False

    def handle_read(self):
        data = self.recv(64)
        if data:
            print(self.say(data) < 3)

    def say(self, data):
        return self.send(data)


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
