"""Others give it something to send, about which it may raise: that is an error of this session."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher):
    sessions = []

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.words = []
        self.sessions.append(self)

    def say(self, word):
        self.words.append(word)

    def handle_read(self):
        data = self.recv(64)
        if data:
            for session in self.sessions:
                session.say(b"- " + data)

    def writable(self):
        return len(self.words) > 0

    def handle_write(self):
        word = self.words.pop(0)
        if len(word) > 64:
            raise ValueError("too long")
        self.send(word)


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
