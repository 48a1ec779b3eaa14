"""writable() is spelt out, and says no as long as there is something to say."""

from asyncore_bridge import asyncore
import sys


class Shy(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""

    def writable(self):
        if self.out:
            return False
        return True

    def handle_write(self):
        self.out = self.out[self.send(self.out) :]

    def handle_read(self):
        self.out += self.recv(4096)


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Shy(sock)


if __name__ == "__main__":
    Server(int(sys.argv[1]))
    asyncore.loop()
