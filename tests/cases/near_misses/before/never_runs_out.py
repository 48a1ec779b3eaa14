"""Says one word after the other, without end, and listens in between."""
import asyncore
import random


def another():
    return [random.choice((b"yes\n", b"no\n"))]


class Chatterbox(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.words = []
        self.heard = b""

    def handle_read(self):
        self.heard = self.recv(512)
        if self.heard == b"stop":
            self.close()
        self.words.append(b"what?\n")

    def writable(self):
        return bool(self.words)

    def handle_write(self):
        word = self.words.pop(0)
        self.send(word)
        self.words = another()


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Chatterbox(sock)


Server(7000)
asyncore.loop()
