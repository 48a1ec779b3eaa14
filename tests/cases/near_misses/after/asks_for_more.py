"""writable() says yes for a flag as well, and handle_write() does nothing about that while its buffer is empty."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        self.last = False

    def handle_read(self):
        self.out += self.recv(100)
        self.last = b"last" in self.out

    def writable(self):
        return bool(self.out) or self.last

    def handle_write(self):
        if not self.out:
            return
        sent = self.send(self.out)
        self.out = self.out[sent:]
        if self.last and not self.out:
            print("that was the last")


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
