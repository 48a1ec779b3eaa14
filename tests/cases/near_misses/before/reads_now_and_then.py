"""Reads in one branch only: what has come waits for the other."""
import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.turns = 0

    def writable(self):
        return False

    def handle_read(self):
        if self.turns % 3 == 0:
            data = self.recv(4)
            print(data)
        elif self.turns % 3 == 1:
            data = self.recv(64)
            print(len(data))
        self.turns += 1


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
