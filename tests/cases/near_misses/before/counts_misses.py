"""Counts how often somebody had gone before he was let in."""
import asynchat
import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.words = []

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        self.push(b"".join(self.words))
        self.words = []


class Server(asyncore.dispatcher):
    misses = 0

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is None:
            self.misses += 1
        else:
            Session(pair[0])


Server(7000)
asyncore.loop()
