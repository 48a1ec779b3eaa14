"""Tries the same piece again when its note went wrong."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = []
        self.notes = 3

    def handle_read(self):
        data = self.recv(64)
        if data:
            self.out.append(data)

    def writable(self):
        return len(self.out) > 0

    def handle_write(self):
        self.note()
        self.send(self.out.pop(0))

    def note(self):
        self.notes = self.notes - 1
        print(10 // self.notes)

    def handle_error(self):
        print("went wrong")


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
