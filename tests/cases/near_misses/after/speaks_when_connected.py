"""handle_write() says something when there is nothing to send, and is called as soon as there is a connection."""
from asyncore_bridge import asyncore


class Link(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.out = b""
        self.last = False
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def handle_read(self):
        data = self.recv(100)
        if data:
            print(data)

    def writable(self):
        return not self.connected or bool(self.out)

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]
        print(len(self.out), "bytes left")
        if self.last and not self.out:
            self.close()


class Session(asyncore.dispatcher_with_send):
    def __init__(self, sock, link):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.link = link

    def handle_read(self):
        self.link.out += self.recv(100)


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.link = Link(7001)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock, self.link)


Server(7000)
asyncore.loop()
