"""Gives back what it hears until nothing is left, and what the others hear, which may come when it is about to close."""
import asyncore

valleys = []


class Valley(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.calls = []

    def writable(self):
        return bool(self.calls)

    def handle_write(self):
        self.send(self.calls.pop())
        if not self.calls:
            self.close()

    def handle_read(self):
        call = self.recv(8)
        for valley in valleys:
            valley.calls.insert(0, call)


class Mountain(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", 8000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        valleys.append(Valley(sock))


Mountain()
asyncore.loop()
