"""A class whose writable() stays true is told on every pass, and nothing is wrong with that; inherited or not.

Overriding handle_write(), or putting another one on the object, is enough: the stock writable() is true.
"""

import asyncore

from _drive import Peer, note, until


class Counts(asyncore.dispatcher):
    writes = 0

    def handle_write(self):
        self.writes += 1


class Event(asyncore.dispatcher):
    writes = 0

    def handle_write_event(self):
        self.writes += 1


class Says(Counts):
    def writable(self):
        return "yes"


class Quiet(Counts):
    def writable(self):
        return []


for cls in (Counts, Event, Says):
    peer = Peer()
    channel = cls(peer.near)
    until(lambda: channel.writes >= 5)
    note(cls.__name__, channel.writes)
    channel.close()

note("on the object")
for name in ("handle_write", "handle_write_event"):
    peer = Peer()
    channel = asyncore.dispatcher(peer.near)
    calls = []
    setattr(channel, name, lambda: calls.append(1))
    until(lambda: len(calls) >= 3)
    note(name, len(calls))
    channel.close()

note("put there in the middle")
peer = Peer()
channel = asyncore.dispatcher(peer.near)
other_peer = Peer()
other = Counts(other_peer.near)
until(lambda: other.writes >= 3)
calls = []
channel.handle_write = lambda: calls.append(1)
until(lambda: calls)
note("told")
channel.close()
other.close()

peers = Peer(), Peer()
quiet, counts = Quiet(peers[0].near), Counts(peers[1].near)
until(lambda: counts.writes >= 3)
note("false answers", quiet.writes)
