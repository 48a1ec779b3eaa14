"""The order of a pass: with select() all to be read in map order, then all to be written, then the exceptional.

With poll() each member in turn, everything at once.  A member that was taken out meanwhile is passed over; one that
was put in meanwhile waits for the next pass.
"""

import asyncore
import socket

from _drive import USE_POLL, Peer, note, tcp_pair, until


class Member(asyncore.dispatcher):
    wants = True
    then = None

    def __init__(self, name, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.name = name

    def writable(self):
        return self.wants

    def handle_read(self):
        note("  read", self.name, self.recv(100))
        self.act("read")

    def handle_write(self):
        self.wants = False
        note("  write", self.name)
        self.act("write")

    def handle_expt(self):
        note("  expt", self.name, self.socket.recv(1, socket.MSG_OOB))

    def handle_close(self):
        note("  close", self.name)
        self.close()

    def act(self, what):
        if self.then is not None:
            then, self.then = self.then, None
            then(self, what)


def made(count):
    peers = [Peer() for _ in range(count)]
    return peers, [Member(name, peer.near) for name, peer in zip("abcdefgh", peers)]


def finish(peers, members):
    until(lambda: all(peer.was_heard() for peer in peers) and not any(m.wants for m in members if m.connected))
    for member in members:
        member.close()
    note("  end")


note("everybody is ready for everything")
peers, members = made(4)
for peer in reversed(peers):
    peer.sock.send(b"x")
finish(peers, members)

note("out of the map and in again: to its end")
peers, members = made(4)
members[1].del_channel()
members[1].add_channel() if members[1]._fileno is not None else members[1].set_socket(members[1].socket)
for peer in peers:
    peer.sock.send(b"x")
finish(peers, members)

note("one closes others")
for use in ("read", "write"):
    peers, members = made(5)

    def close_some(member, what):
        members[0].close()
        members[3].close()

    members[2].then = close_some
    for peer in peers:
        peer.sock.send(b"x")
    finish(peers, members)

note("one makes another")
peers, members = made(2)
extra = Peer()
extra.sock.send(b"extra")


def make(member, what):
    members.append(Member("new", extra.near))


members[0].then = make
for peer in peers:
    peer.sock.send(b"x")
peers.append(extra)
finish(peers, members)

note("out-of-band data, between the others", USE_POLL)
pairs = [tcp_pair() for _ in range(2)]
members = [Member(name, near) for name, (near, _) in zip("ab", pairs)]
peer = Peer()
members.append(Member("c", peer.near))
for _, far in pairs:
    far.send(b"!", socket.MSG_OOB)
peer.sock.send(b"x")
seen = []
for member in members:
    member.handle_expt_event = lambda m=member: (seen.append(m.name), m.handle_expt())
until(lambda: len(seen) == 2 and not any(m.wants for m in members))
for member in members:
    member.close()
