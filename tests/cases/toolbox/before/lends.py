"""A library as well, but its class goes to a pool that makes it where nobody sees how: it stays."""

import asynchat


class Lent(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.received = []

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        self.push(b"".join(self.received))
        self.received = []


def lend(pool, sock):
    pool.add(Lent, sock)
