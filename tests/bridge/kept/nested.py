"""loop(), loop(count=...) and poll() called from inside a handler: the others are served meanwhile, and itself."""

import asyncore

from _drive import USE_POLL, Peer, nested, note, run, until


class Member(asyncore.dispatcher):
    inner = None
    depth = 0

    def __init__(self, name, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.name = name

    def writable(self):
        return False

    def handle_read(self):
        data = self.recv(100)
        note("  " * (Member.depth + 1), self.name, data)
        if self.inner is not None:
            Member.depth += 1
            inner, self.inner = self.inner, None
            inner()
            Member.depth -= 1
        note("  " * (Member.depth + 1), self.name, "done")

    def handle_close(self):
        note("  " * (Member.depth + 1), self.name, "handle_close")
        self.close()


def inner_pass():
    nested(asyncore.loop, timeout=5, use_poll=USE_POLL, count=1)


def inner_poll():
    nested(asyncore.poll2 if USE_POLL else asyncore.poll, 5)


def inner_many():
    for _ in range(3):
        nested(asyncore.loop, timeout=0, use_poll=USE_POLL, count=1)


for inner in (inner_pass, inner_poll, inner_many):
    note(inner.__name__)
    peers = [Peer() for _ in range(3)]
    members = [Member(name, peer.near) for name, peer in zip("abc", peers)]

    def play():
        for peer in (peers[0], peers[2]):
            peer.sock.send(b"again")
        inner()

    members[1].inner = play
    peers[1].says(b"go")
    until(lambda: all(peer.was_heard() for peer in peers))
    for member in members:
        member.close()

note("itself, while it is being served")
peers = [Peer()]
member = Member("a", peers[0].near)


def more():
    peers[0].sock.send(b"second")
    inner_poll()


member.inner = more
peers[0].says(b"first")
until(peers[0].was_heard)

note("closed in the inner pass")
other = Peer()
killer = Member("killer", other.near)
killer.inner = member.close


def let_it_kill():
    other.sock.send(b"kill")
    inner_pass()


member.inner = let_it_kill
peers[0].says(b"x")
note(member.connected)
killer.close()

note("loop() with a map of its own, in a handler")
peers = [Peer(), Peer()]
private = {}
member = Member("a", peers[0].near)


class Private(Member):
    def __init__(self, name, sock):
        asyncore.dispatcher.__init__(self, sock, private)
        self.name = name


inside = Private("private", peers[1].near)


def drive_private():
    peers[1].sock.send(b"inside")
    peers[1].sock.close()
    nested(asyncore.loop, 5, USE_POLL, private)


member.inner = drive_private
peers[0].says(b"x")
note(inside.connected, member.connected)

note("an exit from the inner pass")


def leave():
    raise asyncore.ExitNow("from within")


peers = [Peer(), Peer()]
outer, inner = Member("outer", peers[0].near), Member("inner", peers[1].near)
inner.inner = leave


def drive():
    peers[1].sock.send(b"leave")
    try:
        inner_pass()
    finally:
        note("  finally")


outer.inner = drive
try:
    peers[0].says(b"x")
    until(lambda: False)
except asyncore.ExitNow as exc:
    note("left", str(exc))

note("loop() with the same map, in a handler, until it is empty")
peers = [Peer(), Peer()]
shared = {}


class Shared(Private):
    def __init__(self, name, sock):
        asyncore.dispatcher.__init__(self, sock, shared)
        self.name = name


one, other = Shared("one", peers[0].near), Shared("other", peers[1].near)


def until_nobody_is_left():
    one.close()
    peers[1].sock.send(b"last")
    peers[1].sock.close()
    nested(asyncore.loop, 5, USE_POLL, shared)
    note("  ", len(shared), "left")


one.inner = until_nobody_is_left
peers[0].sock.send(b"x")
run(map=shared)
note(one.connected, other.connected)
