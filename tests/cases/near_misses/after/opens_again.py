"""Ctrl-C closes one till and opens another: the second loop serves both, the guests of the first as well."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Guest(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        self.push(b"".join(self.words) + b"\n")
        self.words = []


class Till(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock)


till = Till(7000)
try:
    asyncore.loop()
except KeyboardInterrupt:
    till.close()
    late = Till(7001)
    asyncore.loop()
