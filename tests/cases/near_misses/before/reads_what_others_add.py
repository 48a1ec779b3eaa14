"""A producer that others push, and that goes through a list while lines are added to it."""
import asynchat
import asyncore


class Lines:
    def __init__(self, lines):
        self.lines = lines
        self.at = 0

    def more(self):
        self.at += 1
        return self.lines[self.at - 1] if self.at <= len(self.lines) else b""


class Log:
    def __init__(self):
        self.kept = []

    def recent(self):
        return self.kept

    def show(self, session):
        lines = self.recent()
        session.push_with_producer(Lines(lines))
        session.push(b".\n")


class Session(asynchat.async_chat):
    def __init__(self, sock, log_book):
        asynchat.async_chat.__init__(self, sock)
        self.log_book = log_book
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        if line == b"show":
            self.log_book.show(self)
        else:
            kept = self.log_book.recent()
            kept.append(line + b"\n")


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.log_book = Log()
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock, self.log_book)


Server(7000)
asyncore.loop()
