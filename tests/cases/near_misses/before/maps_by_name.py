"""A map is given where the class goes by another name."""
import asynchat
import asyncore

apart = {}


class Session(asynchat.async_chat):
    def __init__(self, sock, map=None):
        asynchat.async_chat.__init__(self, sock, map)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.push(b"".join(self.data))
        self.data = []


class Server(asyncore.dispatcher):
    kind = Session

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.kind(sock, apart)


Server(7000)
asyncore.loop()
