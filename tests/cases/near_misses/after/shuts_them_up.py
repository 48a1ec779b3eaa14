"""Whoever is in the list is told to close, but what is in it is not known: another module fills it as well."""
from asyncore_bridge import asyncore

import helpers


class Guest(asyncore.dispatcher):
    def __init__(self, sock, guests):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        self.last = False
        guests.append(self)
        helpers.fill(guests)

    def writable(self):
        return self.out or self.last

    def handle_read(self):
        self.out += self.recv(1024)

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]
        if self.last and not self.out:
            self.close()


class Inn(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock, self.guests)
        if len(self.guests) > 9:
            self.shut()

    def shut(self):
        self.close()
        for guest in self.guests:
            guest.last = True


Inn(7000)
asyncore.loop()
