"""The protocol is a generator, which is closed with the channel."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")
        self.steps = begin(self)
        next(self.steps)

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.steps.send(b"".join(self.data))
        self.data = []

    def protocol(self):
        try:
            while True:
                line = yield
                self.push(line)
                self.set_terminator(int(line or 0))
        finally:
            self.push(b"gone")

    def handle_close(self):
        self.steps.close()
        self.close()


def begin(session):
    return session.protocol()


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
