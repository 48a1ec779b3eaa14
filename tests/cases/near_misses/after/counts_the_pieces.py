"""Takes all there is, and counts in how many pieces it came."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.pieces = []

    def writable(self):
        return False

    def handle_read(self):
        while True:
            try:
                data = self.recv(64)
            except BlockingIOError:
                break
            if not data:
                break
            self.pieces.append(data)
        print(len(self.pieces))

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
