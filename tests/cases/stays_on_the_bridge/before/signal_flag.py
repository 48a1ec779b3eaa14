import asyncore
import signal
import socket


class Feed(asyncore.dispatcher):
    """Only speaks when a signal says so, which asyncore found out by asking writable()."""

    told = False

    def __init__(self, sock, server):
        asyncore.dispatcher.__init__(self, sock)
        self.server = server

    def writable(self):
        return self.server.told

    def handle_write(self):
        self.server.told = False
        self.send(b"now\n")

    def handle_read(self):
        self.recv(4096)


class Server(asyncore.dispatcher):
    told = False

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)
        signal.signal(signal.SIGUSR1, self.tell)

    def tell(self, number, frame):
        self.told = True

    def handle_accepted(self, sock, addr):
        Feed(sock, self)


Server(7000)
asyncore.loop()
