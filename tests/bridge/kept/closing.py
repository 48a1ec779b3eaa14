"""close() and handle_close(): how often, in which order, and what they leave behind.

A second close() does nothing more.  With use_poll a hang-up can call handle_close() twice in one pass.
"""

import asyncore

from _drive import Peer, note, run, until


class Channel(asyncore.dispatcher):
    wants_to_write = False

    def writable(self):
        return self.wants_to_write

    def handle_read(self):
        note("  handle_read", self.connected)
        note("  recv()", self.recv(10), self.connected, self._fileno is None)

    def handle_write(self):
        note("  handle_write", self.connected)
        note("  send()", self.send(b"x"))

    def handle_close(self):
        note("  handle_close", self.connected, self._fileno is None)
        self.close()

    def handle_expt(self):
        note("  handle_expt")

    def close(self):
        note("  close", self.connected)
        asyncore.dispatcher.close(self)

    def handle_error(self):
        note("  handle_error")
        asyncore.dispatcher.handle_error(self)


for wants_to_write in (False, True):
    for text in (b"", b"x"):
        note("the peer closes", wants_to_write, text)
        peer = Peer()
        channel = Channel(peer.near)
        channel.wants_to_write = wants_to_write
        peer.sock.send(text)
        peer.sock.close()
        run()
        note("  after", channel.connected, channel.accepting, channel.connecting, channel.socket.fileno())

note("close() again")
channel.close()
channel.del_channel()
note(channel._fileno, channel.socket is not None, channel.addr)

note("closed by another channel in the same pass")


class Killer(Channel):
    victim = None

    def handle_read(self):
        note("  killer")
        self.recv(10)
        self.victim.close()


peers = [Peer(), Peer(), Peer()]
first, killer, last = Channel(peers[0].near), Killer(peers[1].near), Channel(peers[2].near)
for victim in (last, first):
    killer.victim = victim
    for peer, channel in zip(peers, (first, killer, last)):
        if channel.connected:
            peer.sock.send(b"x")
    until(lambda: not killer.victim.connected and all(peer.was_heard() for peer in peers))
killer.close()

note("without a socket")
channel = Channel()
channel.close()
note(channel.socket, channel.connected)
