"""A broadcast finds a dead member: "B left" reaches C before the message that found B dead."""

import asynchat

from _drive import Peer, note

room = []


class Member(asynchat.async_chat):
    def __init__(self, name, sock):
        asynchat.async_chat.__init__(self, sock)
        self.name = name
        self.set_terminator(b"\n")
        self.paused = False
        room.append(self)

    def readable(self):
        return not self.paused

    def collect_incoming_data(self, data):
        self.line = data

    def found_terminator(self):
        tell(self.name + b": " + self.line + b"\n")

    def handle_close(self):
        note("  handle_close", self.name)
        if self in room:
            room.remove(self)
            tell(self.name + b" left\n")
        self.close()


def tell(message):
    for member in room:
        member.push(message)


for dead in (b"b", b"c", b"a"):
    for text in (b"one\n", b"one\ntwo\nthree\n"):
        note(dead, "is dead", text)
        peers = {name: Peer() for name in (b"a", b"b", b"c", b"d")}
        members = {name: Member(name, peer.near) for name, peer in peers.items()}
        peers[b"d"].says(b"hello\n")
        note(*[peer.hears() for peer in peers.values()])
        members[dead].paused = True  # or its end would be noticed
        peers[dead].sock.close()
        peers[b"d"].says(text)
        for name, peer in peers.items():
            note(name, peer.hears() if name != dead else "-")
        for member in members.values():
            member.close()
        room.clear()
