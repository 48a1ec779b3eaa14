"""Gives back what it hears until nothing is left, but it is the one that calls."""
from asyncore_bridge import asyncore


class Caller(asyncore.dispatcher):
    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.calls = []
        self.create_socket()
        self.connect(address)

    def handle_connect(self):
        print("connected")

    def writable(self):
        return bool(self.calls)

    def handle_write(self):
        self.send(self.calls.pop())
        if not self.calls:
            self.close()

    def handle_read(self):
        self.calls.insert(0, self.recv(8))


Caller(("127.0.0.1", 8000))
asyncore.loop()
