"""Its handle_close() only closes, but for its decorator."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


def counted(method):
    def wrapper(self):
        self.ends += 1
        print("end", self.ends)
        method(self)

    return wrapper


class Session(asynchat.async_chat):
    ends = 0

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.received = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        self.push(b"".join(self.received) + b"\n")
        self.received = []

    @counted
    def handle_close(self):
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
