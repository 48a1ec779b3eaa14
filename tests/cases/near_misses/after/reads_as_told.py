"""Others say how much is read next: run() would have asked too early."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    sessions = []

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.sessions.append(self)
        self.short = False

    def writable(self):
        return False

    def hurry(self):
        self.short = True

    def handle_read(self):
        if self.short:
            data = self.recv(4)
            print("short", data)
        else:
            data = self.recv(64)
            print("long", data)
        for session in self.sessions:
            session.hurry()


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
