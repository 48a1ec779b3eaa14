"""loop(count=1) and poll() serve every ready member once, then return; without events, after the timeout."""
# ways: count count-use_poll poll poll2

import asyncore
import time

from _drive import Peer, note, one_pass


class Counts(asyncore.dispatcher):
    reads = 0

    def writable(self):
        return False

    def handle_read(self):
        self.reads += 1
        self.recv(1)


peers = [Peer() for _ in range(300)]
members = [Counts(peer.near) for peer in peers]
for peer in peers:
    peer.sock.send(b"xyz")
for number in range(1, 4):
    one_pass(5)
    note(number, {member.reads for member in members})

for timeout in (0, 0.05):
    started = time.monotonic()
    one_pass(timeout)
    took = time.monotonic() - started
    note("nothing to do", timeout, took >= timeout, {member.reads for member in members})

started = time.monotonic()
asyncore.loop(timeout=0.02, count=4)
note("four passes take four times as long", time.monotonic() - started >= 0.08)
asyncore.close_all()
started = time.monotonic()
asyncore.loop(timeout=10, count=4)
asyncore.loop()
note("an empty map: at once", time.monotonic() - started < 5)


class Leaves(Counts):
    def handle_read(self):
        Counts.handle_read(self)
        self.close()


note("fewer passes than asked for, when the map gets empty")
for peer in peers[:3]:
    peer.near = None
peers = [Peer() for _ in range(3)]
members = [Leaves(peer.near) for peer in peers]
for peer in peers:
    peer.sock.send(b"x")
asyncore.loop(timeout=10, count=1000)
note([member.reads for member in members])
note("count of 0, and below")
peer = Peer()
member = Counts(peer.near)
peer.sock.send(b"x")
for count in (0, -1):
    asyncore.loop(timeout=10, count=count)
    note(member.reads)
