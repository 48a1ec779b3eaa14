"""Does not receive before it is told to: until then, the data waits."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.partner = None

    def writable(self):
        return False

    def handle_read(self):
        if self.partner:
            try:
                data = self.recv(64)
                if data:
                    self.partner.send(data)
            except OSError:
                self.close()


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
