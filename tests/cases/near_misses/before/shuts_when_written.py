"""Repeats what it hears, and hangs up once it has said it all: more than one piece, if that was there."""
import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = []

    def handle_read(self):
        self.out.insert(0, self.recv(64))

    def writable(self):
        return bool(self.out)

    def handle_write(self):
        piece = self.out.pop()
        sent = self.send(piece)
        if sent < len(piece):
            self.out.append(piece[sent:])
        if not self.writable():
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
