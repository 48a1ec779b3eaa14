"""What all offices have in common; what they do is said elsewhere."""
import asynchat
import asyncore


class Clerk(asynchat.async_chat):
    """Reads forms, line by line."""

    def __init__(self, sock, office):
        super().__init__(sock)
        self.office = office
        self.form = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.form.append(data)

    def found_terminator(self):
        form = b"".join(self.form)
        self.form = []
        self.handle(form)

    def handle(self, form):
        raise NotImplementedError


class Office(asyncore.dispatcher):
    """Has clerks for those who come."""

    def __init__(self, port):
        super().__init__()
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        print("somebody from", addr[0], flush=True)
        self.receive(sock, addr)

    def receive(self, sock, addr):
        """Give whoever has come to a clerk."""
        raise NotImplementedError("no clerk")


class Counter(asyncore.dispatcher):
    """Keeps its clerks."""

    def __init__(self, port):
        super().__init__()
        self.clerks = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        clerk = self.make_clerk(sock)
        self.clerks.append(clerk)

    def make_clerk(self, sock):
        raise NotImplementedError
