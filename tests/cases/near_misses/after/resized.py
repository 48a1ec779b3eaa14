"""Is told by others how much to receive at once, while it waits for that; another notices a size below zero itself.

A third has all of them receive more.
"""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.size = 3

    def writable(self):
        return False

    def resize(self, size):
        self.size = size

    def handle_read(self):
        data = self.recv(self.size)
        if data:
            self.send(b"<" + data + b">")


class Counted(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.size = 3

    def writable(self):
        return False

    def handle_read(self):
        try:
            data = self.recv(self.size)
        except Exception:
            self.send(b"cannot\n")
            self.close()
            return
        if data:
            self.send(data)
            self.size = int(data)


class Sharing(asyncore.dispatcher):
    def __init__(self, sock, server):
        asyncore.dispatcher.__init__(self, sock)
        self.server = server

    def writable(self):
        return False

    def handle_read(self):
        data = self.recv(self.server.size)
        if data == b"+":
            self.server.size += 3
        if data:
            self.send(b"<" + data + b">")


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.peers = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        for peer in self.peers:
            peer.resize(len(self.peers))
        self.peers.append(Session(sock))


class Counting(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Counted(sock)


class Shared(asyncore.dispatcher):
    size = 4

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Sharing(sock, self)


Server(7000)
Shared(7002)
Counting(7001)
asyncore.loop()
