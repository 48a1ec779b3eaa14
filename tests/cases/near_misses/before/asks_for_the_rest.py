"""A listener that takes the address apart, and keeps what is left of it."""
import asynchat
import asyncore


class Guest(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        pass

    def found_terminator(self):
        self.push(b"yes\n")


class Desk(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        sock, (host, *rest) = self.accept()
        print(host, len(rest))
        Guest(sock)


Desk(7000)
asyncore.loop()
