"""ExitNow, KeyboardInterrupt and SystemExit leave the loop from any handler; nobody else is told in that pass.

The channel stays as it is, and the loop can be entered again.  BaseExceptions of other kinds do not leave it.
"""

import asynchat
import asyncore
import sys

from _drive import Peer, note, until


class Channel(asyncore.dispatcher):
    raises = None
    raises_in = ""
    told = False

    def __init__(self, name, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.name = name
        self.wants = False

    def is_told(self):
        return self.raises is None or self.told

    def leave(self, where):
        note("  ", self.name, where)
        self.told = self.told or self.raises_in == where
        if self.raises is not None and self.raises_in == where:
            raise self.raises("from " + where)

    def writable(self):
        return self.wants

    def handle_read(self):
        self.recv(1)
        self.leave("handle_read")

    def handle_write(self):
        self.wants = False
        self.leave("handle_write")

    def handle_close(self):
        self.close()
        self.leave("handle_close")

    def handle_error(self):
        note("  ", self.name, "handle_error", sys.exc_info()[0].__name__)


class Own(BaseException):
    pass


for raises in (asyncore.ExitNow, KeyboardInterrupt, SystemExit, GeneratorExit, Own):
    for where in ("handle_read", "handle_write", "handle_close"):
        note(raises.__name__, where)
        peers = [Peer(), Peer(), Peer()]
        first, second, third = (Channel(name, peer.near) for name, peer in zip("abc", peers))
        second.raises, second.raises_in = raises, where
        for peer in peers:
            peer.sock.send(b"x")
        if where == "handle_close":
            peers[1].sock.close()
        if where == "handle_write":
            second.wants = third.wants = True

        def all_is_done():
            return (
                all(peer.was_heard() for peer in peers) and not (second.wants or third.wants) and second.is_told()
            )

        while True:
            try:
                until(all_is_done)
            except (asyncore.ExitNow, KeyboardInterrupt, SystemExit) as exc:
                note("  left", type(exc).__name__, str(exc), "connected", second.connected, first.connected)
                note("  the third has been told", peers[2].was_heard(), not third.wants)
                second.raises = None
            else:
                break
        note("  again")
        for peer in (peers[0], peers[2]):
            peer.says(b"y")
        for channel in (first, second, third):
            channel.close()


class Chat(asynchat.async_chat):
    def collect_incoming_data(self, data):
        self.line = data

    def found_terminator(self):
        self.push(b"<" + self.line + b">")
        if self.line == b"exit":
            raise asyncore.ExitNow("chat")


note("from the middle of a packet")
peer = Peer()
chat = Chat(peer.near)
chat.set_terminator(b"\n")
peer.says(b"first\n")
peer.sock.send(b"a\nb\nexit\nc\nd\n")
try:
    until(lambda: False)
except asyncore.ExitNow:
    note("left, heard", peer.hears(), "still there", chat.ac_in_buffer, chat.connected)
peer.says(b"e\n")
note("heard", peer.hears())
chat.close()
