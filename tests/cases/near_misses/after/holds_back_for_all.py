"""All wait for one link: before Python 3.10, asyncio has but one task wait for a writer."""
from asyncore_bridge import asyncore
import socket


class Link(asyncore.dispatcher):
    def __init__(self, target):
        asyncore.dispatcher.__init__(self)
        self.out = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(target)

    def handle_read(self):
        self.recv(8192)

    def writable(self):
        return len(self.out) > 0 or not self.connected

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]

    def handle_close(self):
        self.close()


class Sender(asyncore.dispatcher):
    def __init__(self, sock, link):
        asyncore.dispatcher.__init__(self, sock)
        self.link = link

    def readable(self):
        return len(self.link.out) < 65536

    def writable(self):
        return False

    def handle_read(self):
        self.link.out += self.recv(8192)

    def handle_close(self):
        self.close()


class Server(asyncore.dispatcher):
    def __init__(self, port, link):
        asyncore.dispatcher.__init__(self)
        self.link = link
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Sender(sock, self.link)


Server(7000, Link(("127.0.0.1", 7001)))
asyncore.loop()
