"""A full stop that is none: something is said behind it, and an error of saying more is not an error of asyncore's."""
import asynchat
import asyncore
import socket


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
        self.socket.shutdown(socket.SHUT_WR)
        self.push(line)


class Careful(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(line)
        self.socket.shutdown(socket.SHUT_WR)

    def handle_error(self):
        print("error")
        self.close()


class Asker(asynchat.async_chat):
    """Queues its question, and ends its output before that is sent."""

    def __init__(self, port):
        asynchat.async_chat.__init__(self)
        self.data = []
        self.set_terminator(b"\n")
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def handle_connect(self):
        self.push(b"what?\n")
        self.socket.shutdown(socket.SHUT_WR)

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        print(b"".join(self.data))


class Server(asyncore.dispatcher):
    def __init__(self, port, session):
        asyncore.dispatcher.__init__(self)
        self.session = session
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.session(sock)


Server(7000, Session)
Server(7001, Careful)
Asker(7002)
asyncore.loop()
