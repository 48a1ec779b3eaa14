"""Answers each bite of what it receives in a loop, so that it can be seen how large they are."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def writable(self):
        return False

    def handle_read(self):
        while True:
            try:
                data = self.recv(64)
            except BlockingIOError:
                break
            if not data:
                break
            self.send(b"<" + data + b">")


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
