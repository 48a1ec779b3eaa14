"""What a `with` statement enters is its server, but what it gives a name is not."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.received = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        self.push(b"".join(self.received) + b"\n")
        self.received = []


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def __enter__(self):
        print("open")
        return self.socket

    def __exit__(self, *exc):
        self.close()

    def handle_accepted(self, sock, addr):
        Session(sock)


with Server(7000) as server:
    asyncore.loop()
