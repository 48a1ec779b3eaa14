"""socket_map is the live registry: keyed by descriptor, walked, filtered, changed by hand, emptied by close_all().

Private maps; objects that are no dispatchers; a map that is a copy; another map put in its place.
"""

import asyncore

from _drive import Peer, note, run, until


class Member(asyncore.dispatcher):
    def __init__(self, sock=None, map=None):
        asyncore.dispatcher.__init__(self, sock, map)
        self.got = []

    def writable(self):
        return False

    def handle_read(self):
        self.got.append(self.recv(100))


class Special(Member):
    pass


class Duck:
    accepting = False

    def __init__(self, sock):
        self.sock = sock
        self.got = []

    def readable(self):
        return True

    def writable(self):
        return False

    def handle_read_event(self):
        self.got.append(self.sock.recv(100))


class Stubborn(Member):
    fails_with = None

    def close(self):
        note("  close")
        if self.fails_with is not None:
            raise self.fails_with
        Member.close(self)


note("keys and values")
peers = [Peer() for _ in range(4)]
members = [Member(peers[0].near), Special(peers[1].near), Member(peers[2].near)]
note([asyncore.socket_map[peer.near.fileno()] is member for peer, member in zip(peers, members)])
note([isinstance(member, Special) for member in asyncore.socket_map.values()], len(asyncore.socket_map))
note(
    [member._map is asyncore.socket_map for member in members],
    list(asyncore.socket_map) == sorted(asyncore.socket_map),
)

note("taken out by hand, and put in again")
number = members[1]._fileno
peers[0].says(b"before")
del asyncore.socket_map[number]
peers[1].sock.send(b"waits")
peers[0].says(b"meanwhile")
note(members[1].got, members[0].got)
asyncore.socket_map[number] = members[1]
until(lambda: members[1].got)
note(members[1].got)

note("a duck")
duck = asyncore.socket_map[peers[3].near.fileno()] = Duck(peers[3].near)
peers[3].says(b"quack")
note(duck.got)
del asyncore.socket_map[peers[3].near.fileno()]

note("a private map")
private = {}
peer = Peer()
alone = Member(peer.near, private)
note(alone._map is private, list(private.values()) == [alone], alone in asyncore.socket_map.values())
peer.sock.send(b"x")
peers[0].says(b"not by this loop")
note(alone.got)
until(lambda: alone.got, private)
note(alone.got, len(members[0].got))
alone.close()
note(private)

note("from one map to another")
alone = Member(Peer().near, private)
alone.del_channel()
alone._fileno = alone.socket.fileno()
alone.add_channel(asyncore.socket_map)
note(private, alone in asyncore.socket_map.values(), alone._map is private)
alone.del_channel(asyncore.socket_map)
note(alone in asyncore.socket_map.values(), alone._fileno)

note("a copy is driven")
copy = asyncore.socket_map.copy()
peers[0].sock.send(b"through the copy")
until(lambda: len(members[0].got) == 4, copy)
note(members[0].got[-1])
copy = {members[0]._fileno: members[0]}
peers[0].sock.send(b"through a map of one")
peers[1].sock.send(b"not in it")
until(lambda: len(members[0].got) == 5, copy)
note(members[0].got[-1], members[1].got[-1])
peers[1].says(b"")
until(lambda: len(members[1].got) == 2)
note(members[1].got[-1])

note("another one in its place")
before, asyncore.socket_map = asyncore.socket_map, {}
peer = Peer()
new = Member(peer.near)
note(len(before), len(asyncore.socket_map))
peer.says(b"for the new one")
note(new.got, len(members[0].got))
new.close()
asyncore.socket_map = before

note("cleared and refilled")
saved = dict(asyncore.socket_map)
asyncore.socket_map.clear()
run()
asyncore.socket_map.update(saved)
peers[2].says(b"back")
note(members[2].got)

note("close_all()")
stubborn = [Stubborn(Peer().near), Stubborn(Peer().near)]
stubborn[0].fails_with = OSError(9, "bad descriptor")
asyncore.close_all()
note(len(asyncore.socket_map), [member.connected for member in members], stubborn[0].connected)
for error in (OSError(5, "I/O"), ValueError("x"), asyncore.ExitNow(), KeyboardInterrupt()):
    for ignore_all in (False, True):
        private = {}
        peers = [Peer(), Peer()]
        first, second = Stubborn(peers[0].near, private), Member(peers[1].near, private)
        first.fails_with = error
        try:
            asyncore.close_all(private, ignore_all)
        except BaseException as exc:
            note("raised", type(exc).__name__, len(private), second.connected)
        else:
            note("returned", len(private), second.connected)
