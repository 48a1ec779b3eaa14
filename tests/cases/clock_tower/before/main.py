"""Two ways to say one thing and close."""
import asyncore
import socket
import sys

chimes = []


class Hour(asyncore.dispatcher):
    """Says how often it has been asked."""

    def handle_write(self):
        chimes.append("ding")
        self.send(b"%d\r\n" % len(chimes))
        self.close()

    def readable(self):
        return False

    def handle_read(self):
        """Never called."""


class Plate(asyncore.dispatcher):
    def __init__(self, sock, text):
        asyncore.dispatcher.__init__(self, sock)
        self.text = text.encode()  # in letters of brass

    def writable(self):
        return len(self.text) > 0

    def handle_write(self):
        sent = self.send(self.text)
        self.text = self.text[sent:]
        if not self.text:
            self.close()

    def handle_read(self):
        self.recv(1024)


class Tower(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Hour(sock)


class Gate(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Plate(sock, "closed on Mondays\n" * 60_000)


tower = Tower(int(sys.argv[1]))
gate = Gate(int(sys.argv[2]))
asyncore.loop()
