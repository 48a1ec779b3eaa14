from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Twice:
    def __init__(self, line, session):
        self.lines = [line, line]
        self.session = session

    def more(self):
        if not self.lines:
            self.session.push(b"that was all\n")
        return self.lines.pop() if self.lines else b""


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push_with_producer(Twice(line, self))


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.sessions = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.sessions.append(Session(sock))
        for session in self.sessions:
            session.push(b"one more\n")


Server(7000)
asyncore.loop()
