"""A client that draws on an iterator: it would have to read meanwhile, and nothing is sent before it is connected."""
from asyncore_bridge import asyncore
import socket


class Caller(asyncore.dispatcher):
    def __init__(self, address, words):
        asyncore.dispatcher.__init__(self)
        self.words = iter(words)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def handle_connect(self):
        pass

    def handle_read(self):
        data = self.recv(64)
        if data:
            print(data)

    def writable(self):
        return self.words is not None

    def handle_write(self):
        word = next(self.words, None)
        if word is None:
            self.words = None
            return
        self.send(word)


Caller(("127.0.0.1", 7000), [b"hello", b"goodbye"])
asyncore.loop()
