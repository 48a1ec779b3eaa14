"""Producers are asked when there is room, not ahead of time; what they return goes out in order with pushes.

Real ones answer "nothing yet" by the clock of writable(), or use more() as "all before me has gone out".
"""

import asynchat
import socket

from _drive import Peer, note, until


class Chat(asynchat.async_chat):
    ac_out_buffer_size = 1000

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8000)

    def handle_close(self):
        note("handle_close")
        self.close()


class Pieces:
    def __init__(self, name, *pieces):
        self.name = name
        self.pieces = list(pieces)

    def more(self):
        piece = self.pieces.pop(0) if self.pieces else b""
        note("  more of", self.name, len(piece))
        return piece


class Callback:
    def __init__(self, call):
        self.call = call

    def more(self):
        self.call()
        return b""


def all_of(peer, chat):
    got = bytearray()

    def empty():
        got.extend(peer.hears())
        return not chat.producer_fifo

    until(empty)
    return bytes(got) + peer.hears()


note("pieces")
peer = Peer()
chat = Chat(peer.near)
chat.push(b"head ")
chat.push_with_producer(Pieces("a", b"1 ", b"2 ", b"3 "))
note("queued", len(chat.producer_fifo), peer.hears())
chat.push(b"middle ")
chat.push_with_producer(Pieces("b", b"4 ", b"5" * 2500))
chat.push(b"tail")
note("queued", len(chat.producer_fifo))
data = all_of(peer, chat)
note(len(data), data[:20], data[-8:])

note("a simple_producer")
chat.push_with_producer(asynchat.simple_producer(b"abcdefghij", 4))
chat.push_with_producer(asynchat.simple_producer(b"k" * 1000))
note(len(chat.producer_fifo))
note(len(all_of(peer, chat)))

note("no room, no question")
chat.push(b"x" * 40000)
chat.push_with_producer(Pieces("c", b"late"))
note("queued", len(chat.producer_fifo) > 10)
note(len(all_of(peer, chat)))

note("a callback in the queue")
chat.push(b"before ")
chat.push_with_producer(Callback(lambda: note("  called, heard", peer.hears())))
chat.push(b"after")
note(all_of(peer, chat))

chat.close()


class Paced(Chat):
    """writable() holds the producer back, by a clock of its own."""

    ticks = 0

    def writable(self):
        self.ticks += 1
        return self.ticks % 3 == 0 and Chat.writable(self)


note("paced")
peer = Peer()
chat = Paced(peer.near)
chat.push_with_producer(Pieces("d", b"1", b"2"))


while chat.producer_fifo:
    if chat.writable():
        chat.handle_write()
note(peer.hears())
chat.push_with_producer(Pieces("e", b"1"))
chat.close_when_done()
chat.ticks = 0
while chat.connected:
    if chat.writable():
        chat.handle_write()
note(peer.hears())
