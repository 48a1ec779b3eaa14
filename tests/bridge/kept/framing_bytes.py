"""Framing by bytes: the terminator is stripped exactly, in whatever pieces it comes; empty frames collect nothing.

Every way of cutting a text in two, the whole, and byte by byte, for several terminators.
"""

import asynchat

from _drive import Peer, note


class Chat(asynchat.async_chat):
    def __init__(self, sock, terminator):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(terminator)

    def collect_incoming_data(self, data):
        note("  collect", data, self.ac_in_buffer)

    def found_terminator(self):
        note("  found", self.ac_in_buffer)


for terminator, text in [
    (b"\r\n", b"one\r\n\r\ntwo\rx\n\r\r\n\nend"),
    (b"\n", b"a\n\n\nb\r\n"),
    (b"aab", b"aaab.aabaab.aaa"),
    (b"\r\n.\r\n", b"x\r\n.y\r\n.\r\n.\r\n\r\n.\r"),
]:
    cuts = [[text[:size], text[size:]] for size in range(1, len(text))]
    for pieces in [[text], *cuts, [text[n : n + 1] for n in range(len(text))]]:
        note(terminator, *[len(piece) for piece in pieces])
        peer = Peer()
        chat = Chat(peer.near, terminator)
        for piece in pieces:
            peer.says(piece)
            note("  left", chat.ac_in_buffer)
        chat.close()
