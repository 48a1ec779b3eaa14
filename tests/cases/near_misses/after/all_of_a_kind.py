"""A base class of listeners and sessions that also says what happens when they end."""
from asyncore_bridge import asyncore


class Counted(asyncore.dispatcher):
    ended = 0

    def handle_close(self):
        Counted.ended += 1
        self.close()


class Echo(Counted):
    def __init__(self, sock):
        Counted.__init__(self, sock)
        self.out = b""

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.out += data

    def writable(self):
        return len(self.out) > 0

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]


class Server(Counted):
    def __init__(self, port):
        Counted.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Echo(sock)


Server(7000)
asyncore.loop()
