"""Frames have no length limit, and come to collect_incoming_data() in pieces as they arrive, one read at a time."""

import asynchat

from _drive import Peer, note


class Chat(asynchat.async_chat):
    def collect_incoming_data(self, data):
        note("  collect", len(data), data[:8], data[-8:])

    def found_terminator(self):
        note("  found", len(self.ac_in_buffer))


class Nibbler(Chat):
    ac_in_buffer_size = 10


for cls in (Chat, Nibbler):
    note(cls.__name__)
    peer = Peer()
    chat = cls(peer.near)
    chat.set_terminator(b"\r\n")
    if cls is Chat:
        for number in range(5):  # 300,000 bytes of one frame
            peer.says(b"%d" % number * 60000)
        peer.says(b"the end\r\nnext")
    else:
        peer.says(b"0123456789" * 3 + b"01234567\r\n" + b"next")
        peer.says(b"012345678\r\n\r\nx")
    chat.close()
