from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Greeting:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.greeted = True
        self.push(b"hello\n")


class Session(Greeting, asynchat.async_chat):
    def __init__(self, sock):
        super().__init__(sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(line)


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
