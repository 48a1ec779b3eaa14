"""Constructors that fail: asyncore's listener closed itself then, and the loop ended with the last session."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import sys


class Guest(asynchat.async_chat):
    def __init__(self, sock, guests):
        asynchat.async_chat.__init__(self, sock)
        if len(guests) == 2:
            raise ValueError("the house is full")
        guests.append(self)
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        self.push(b"".join(self.words) + b"\n")
        self.words = []


class House(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock, self.guests)


class Cloakroom(House):
    numbers = [3, 2, 1]

    def handle_accepted(self, sock, addr):
        number = self.numbers.pop()
        Guest(sock, self.guests).number = number


House(int(sys.argv[1]))
asyncore.loop()
