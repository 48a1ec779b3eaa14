"""Handlers and predicates on the object instead of its class: delegated to another one, as in real programs."""

import asyncore

from _drive import Peer, note, run, until


class Logic:
    """What a channel's handlers are delegated to."""

    def __init__(self, channel):
        self.channel = channel
        for name in ("handle_read", "handle_close", "readable", "writable", "handle_error", "handle_write"):
            setattr(channel, name, getattr(self, name))
        self.asked = set()

    def readable(self):
        self.asked.add("readable")
        return True

    def writable(self):
        self.asked.add("writable")
        return False

    def handle_read(self):
        note("  delegated handle_read", self.channel.recv(100))

    def handle_write(self):
        note("  delegated handle_write")

    def handle_close(self):
        note("  delegated handle_close", sorted(self.asked))
        self.channel.close()

    def handle_error(self):
        note("  delegated handle_error")


note("delegated")
peer = Peer()
channel = asyncore.dispatcher(peer.near)
logic = Logic(channel)
peer.says(b"hello")
peer.sock.close()
run()

note("delegated in a handler, while the loop runs")


class Upgrades(asyncore.dispatcher):
    def writable(self):
        return False

    def handle_read(self):
        note("  own handle_read", self.recv(100))
        self.new_peer = Peer()
        channel = asyncore.dispatcher(self.new_peer.near)
        self.logic = Logic(channel)
        self.new_peer.sock.send(b"for the new one")


peer = Peer()
channel = Upgrades(peer.near)
peer.sock.send(b"go")
until(lambda: hasattr(channel, "logic") and channel.new_peer.was_heard())
until(lambda: len(channel.logic.asked) == 2)
channel.logic.channel.close()
channel.close()


class EventHandler(asyncore.dispatcher):
    """Overrides the events themselves, on the object."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.handle_read_event = self.whatever
        self.handle_write_event = lambda: note("  write event")

    def writable(self):
        return False

    def whatever(self):
        note("  read event", self.recv(100))

    def handle_read(self):
        note("  never")


note("events on the object")
peer = Peer()
channel = EventHandler(peer.near)
peer.says(b"1")
peer.says(b"2")
channel.close()
