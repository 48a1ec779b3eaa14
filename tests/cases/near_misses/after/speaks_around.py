"""Says something before recv() and something after it, with what handle_close() says in between."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def writable(self):
        return False

    def handle_read(self):
        print("before")
        data = self.recv(64)
        print("after", data)

    def handle_close(self):
        print("closed")
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
