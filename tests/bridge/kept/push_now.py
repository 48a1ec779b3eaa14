"""push() sends at once what the kernel takes, one send a push; it never blocks, and never raises for a dead peer.

Entries of producer_fifo are 64 KiB at most, and programs look at how many there are.  push(); close() delivers.
"""

import asynchat
import asyncore

from _drive import Peer, note, until


class Chat(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.line = data

    def found_terminator(self):
        note("  found", self.line)
        self.push(b"<" + self.line + b">")
        note("  heard meanwhile", peer.hears() if self.line == b"look" else "-", len(self.producer_fifo))

    def handle_close(self):
        note("  handle_close, queue", len(self.producer_fifo), self.connected)
        self.close()

    def handle_error(self):
        note("  handle_error")


note("outside a handler")
peer = Peer()
chat = Chat(peer.near)
chat.push(b"first")
note(peer.hears(), len(chat.producer_fifo), chat.writable())
chat.push(b"")
note(peer.hears(), len(chat.producer_fifo))
until(lambda: not chat.producer_fifo)
note("in a handler")
peer.says(b"look\n")
note(peer.hears())

note("push, then close")
chat.push(b"small")
chat.close()
note(peer.hears())
chat.push(b"more")
note(peer.hears(), len(chat.producer_fifo))

note("more than the kernel takes")
peer = Peer()
chat = Chat(peer.near)
chat.push(b"x" * 1_000_000)
note(len(chat.producer_fifo), [len(entry) for entry in chat.producer_fifo] == [65536] * 14 + [16960])
chat.push(b"y" * 300_000)
sizes = [len(entry) for entry in chat.producer_fifo]
note(len(sizes), sizes[-5:])
got = bytearray()


def all_came():
    data = peer.hears()
    got.extend(data if isinstance(data, bytes) else data[0])
    return len(got) == 1_300_000


until(all_came)
note(bytes(got) == b"x" * 1_000_000 + b"y" * 300_000, len(chat.producer_fifo), chat.writable())
chat.close()


class Small(Chat):
    ac_out_buffer_size = 10


note("a smaller entry")
peer = Peer()
chat = Small(peer.near)
chat.push(b"0123456789" * 3 + b"tail")
note(peer.hears(), list(chat.producer_fifo))
chat.push(b"more")
until(lambda: not chat.producer_fifo)
note(peer.hears())
chat.close()

note("a dead peer")
for prepared in (False, True):
    for warm in (False, True):
        peer = Peer()
        chat = Chat(peer.near)
        if warm:
            peer.says(b"warm\n")
        if prepared:
            chat.producer_fifo.append(b"earlier")
        peer.sock.close()
        chat.push(b"never")
        note(chat.connected, list(chat.producer_fifo), chat in asyncore.socket_map.values())
        chat.push(b"again")
        note(list(chat.producer_fifo))


class Reconnects(Chat):
    """Connects again at once when the connection is lost, as clients do."""

    def handle_close(self):
        note("  handle_close, queue", list(self.producer_fifo))
        Chat.close(self)
        self.producer_fifo.clear()
        self.peer = Peer()
        self.set_socket(self.peer.near)
        self.connected = True
        self.push(b"hello again ")


note("a client that connects again in handle_close()")
peer = Peer()
chat = Reconnects(peer.near)
peer.says(b"warm\n")
peer.sock.close()
chat.push(b"lost?")
note(list(chat.producer_fifo))
chat.push(b"next")
until(lambda: not chat.producer_fifo)
note(chat.peer.hears())
chat.close()
