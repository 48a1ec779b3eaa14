"""A channel that has closed, and that nobody refers to, is gone at once, with its socket, queue and __del__()."""

import asynchat
import asyncore
import gc
import weakref

from _drive import Peer, note, until

gc.disable()


class Gone:
    def __del__(self):
        note("  gone", type(self).__name__)


class Plain(Gone, asyncore.dispatcher):
    def writable(self):
        return False

    def handle_read(self):
        self.recv(10)
        self.close()


class Buffered(Gone, asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(10))


class Chat(Gone, asynchat.async_chat):
    terminator = b"\n"

    def collect_incoming_data(self, data):
        pass

    def found_terminator(self):
        self.push(b"answer")
        self.close_when_done()


stays = Peer()
keeps_the_loop = asyncore.dispatcher_with_send(stays.near)
for cls in (Plain, Buffered, Chat):
    peer = Peer()
    reference = weakref.ref(cls(peer.near))
    note(cls.__name__, reference() is not None)
    peer.sock.send(b"x\ny\n")
    if cls is Buffered:
        until(peer.was_heard)
        peer.sock.close()
    until(lambda: reference() is None or not reference().connected)
    note("after", reference() is None)
    chat = cls()
    chat.close()
    del chat
