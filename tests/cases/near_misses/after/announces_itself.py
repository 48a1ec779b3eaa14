"""Whoever leaves is told so as well: the socket is still open, and the list still has the one who leaves."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Guest(asynchat.async_chat):
    def __init__(self, sock, inn):
        asynchat.async_chat.__init__(self, sock)
        self.inn = inn
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        words = b"".join(self.words)
        self.words = []
        self.inn.announce(words)
        if words == b"good night":
            self.close_when_done()

    def handle_close(self):
        self.inn.announce(b"one less")
        self.inn.guests.remove(self)
        self.close()


class Inn(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.guests.append(Guest(sock, self))

    def announce(self, words):
        for guest in list(self.guests):
            guest.push(words + b"\n")


Inn(7000)
asyncore.loop()
