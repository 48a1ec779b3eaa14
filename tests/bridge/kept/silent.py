"""A member that wants nothing is told nothing, not even a hang-up, and does not keep the others from waiting."""

import asyncore
import os
import time

from _drive import Peer, note, until


class Wants:
    reads = False

    def readable(self):
        return self.reads

    def writable(self):
        return False

    def handle_read(self):
        note("  handle_read", self.recv(10))

    def handle_close(self):
        note("  handle_close")
        self.close()


class Sock(Wants, asyncore.dispatcher):
    pass


class File(Wants, asyncore.file_dispatcher):
    pass


class Ticks(asyncore.dispatcher):
    """Counts passes: they are few, because each lasts until its timeout or until something happens."""

    passes = 0

    def readable(self):
        self.passes += 1
        return True

    def writable(self):
        return False

    def handle_read(self):
        self.recv(10)


peer, ticking = Peer(), Peer()
reader, writer = os.pipe()
members = [Sock(peer.near), File(reader)]
ticks = Ticks(ticking.near)
peer.sock.send(b"unread")
peer.sock.close()
os.close(reader)
os.close(writer)
for number in range(5):
    ticking.says(b"x")
note("few passes", 5 <= ticks.passes <= 25)
before = ticks.passes
started = time.monotonic()
asyncore.loop(timeout=0.1, count=1)
note("it waits", time.monotonic() - started >= 0.09)
for member in members:
    member.reads = True
ticking.sock.send(b"x")
until(lambda: not any(member.connected for member in members))
ticks.close()
