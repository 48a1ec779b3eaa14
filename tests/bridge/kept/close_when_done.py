"""close_when_done() delivers all that is queued, then calls handle_close(), not close(); close() drops the queue.

handle_close() sees ``connected`` true; what is pushed after close_when_done() is never sent.
"""

import asynchat
import asyncore

from _drive import Peer, note, run, until


class Chat(asynchat.async_chat):
    def handle_close(self):
        note("handle_close", self.connected, len(self.producer_fifo), self._fileno is not None)
        self.close()

    def close(self):
        note("close")
        asynchat.async_chat.close(self)


class Stays(Chat):
    """Does not close in handle_close()."""

    closes = 0

    def handle_close(self):
        self.closes += 1
        note("handle_close, stays", self.connected, len(self.producer_fifo))
        if self.closes == 3:
            self.close()


def received(peer):
    """Run until the stream ends, and return what came."""
    got = bytearray()

    def ended():
        data = peer.hears()
        got.extend(data if isinstance(data, bytes) else data[0])
        return not isinstance(data, bytes)

    until(ended)
    return bytes(got)


note("nothing queued")
peer = Peer()
chat = Chat(peer.near)
chat.close_when_done()
note(len(chat.producer_fifo), chat.writable())
run()

note("much queued")
peer = Peer()
chat = Chat(peer.near)
chat.push(b"x" * 1_000_000)
chat.close_when_done()
note(len(chat.producer_fifo))
note(received(peer) == b"x" * 1_000_000)

note("pushed afterwards, while there is something queued")
peer = Peer()
chat = Chat(peer.near)
chat.push(b"x" * 1_000_000)
chat.close_when_done()
chat.push(b"late")
note(received(peer) == b"x" * 1_000_000, list(chat.producer_fifo))

note("pushed afterwards, when nothing is queued")
peer = Peer()
chat = Chat(peer.near)
chat.close_when_done()
chat.push(b"late")
note(peer.hears(), list(chat.producer_fifo), chat in asyncore.socket_map.values())

note("close() with much queued")
peer = Peer()
chat = Chat(peer.near)
chat.push(b"x" * 1_000_000)
chat.close()
data, end = peer.hears()
note(0 < len(data) < 1_000_000, end, len(chat.producer_fifo) > 1)

note("a handle_close() that does not close")
peer = Peer()
chat = Stays(peer.near)
chat.push(b"one")
chat.close_when_done()
chat.close_when_done()
chat.push(b"two")
chat.push(b"three")
chat.close_when_done()
run()
note(peer.hears())
