"""Goes on sending nothing once it is ready: asyncore's loop serves the others in between."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        self.ready = False

    def handle_read(self):
        data = self.recv(64)
        if data:
            self.out += data
            self.ready = True

    def writable(self):
        return self.ready or len(self.out) > 0

    def handle_write(self):
        sent = self.send(self.out)
        print(sent)
        self.out = self.out[sent:]


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
