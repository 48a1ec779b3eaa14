"""Asks at the end how much the last send() took, whichever that was."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.head = b""
        self.body = b""
        self.total = 0

    def handle_read(self):
        data = self.recv(64)
        if data:
            self.head += b">"
            self.body += data

    def writable(self):
        return len(self.head) + len(self.body) > 0

    def handle_write(self):
        if self.head:
            sent = self.send(self.head)
            self.head = self.head[sent:]
        else:
            sent = self.send(self.body)
            self.body = self.body[sent:]
        self.total += sent


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
