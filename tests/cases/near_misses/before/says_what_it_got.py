"""It says what the function returned that makes its sessions, which is nothing."""
import asynchat
import asyncore


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


def admit(sock):
    session = Session(sock)
    inside.append(session)


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        print(admit(sock))


inside = []
Server(7000)
asyncore.loop()
