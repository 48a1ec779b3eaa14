"""readable() and writable() are asked once a pass, in map order, since another channel may flip them.

A pass ends at the timeout at the latest, and then they are asked again.  An exception in one leaves the loop.
"""

import asyncore

from _drive import Peer, note, run, until

asked = []


class Asked(asyncore.dispatcher):
    reads, writes = True, False

    def __init__(self, name, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.name = name

    def readable(self):
        asked.append(self.name + "r")
        return self.reads

    def writable(self):
        asked.append(self.name + "w")
        return self.writes

    def handle_read(self):
        asked.append(f"{self.name} reads {self.recv(100)!r}")

    def handle_write(self):
        asked.append(self.name + " writes")
        self.writes = False


class Last(Asked):
    """Says when it is enough."""

    enough = bool

    def writable(self):
        Asked.writable(self)
        if self.enough():
            raise asyncore.ExitNow
        return self.writes


def play(enough):
    asked.clear()
    last.enough = enough
    try:
        run(0.05)
    except asyncore.ExitNow:
        note(*asked)
    last.enough = bool


peers = [Peer() for _ in range(3)]
first, second = Asked("a", peers[0].near), Asked("b", peers[1].near)
last = Last("c", peers[2].near)
note("timeouts only")
play(lambda: len(asked) >= 24)
note("one event")
peers[1].sock.send(b"x")
play(lambda: any("reads" in word for word in asked))
note("a write")
first.writes = True
play(lambda: any("writes" in word for word in asked))

note("flipped by another")
second.reads = False
peers[1].sock.send(b"waits")


def flip():
    if "a reads b'go'" in asked:
        second.reads = True
    return any("b reads" in word for word in asked)


peers[0].sock.send(b"go")
play(flip)

note("an exception leaves the loop")
for name in ("readable", "writable"):

    def fails():
        raise ValueError(name)

    setattr(first, name, fails)
    try:
        until(lambda: False)
    except ValueError as exc:
        note("left", str(exc), first.connected)
    delattr(first, name)
peers[0].says(b"goes on")
note(asked[-1])
