"""An exception in found_terminator(): the rest of the packet stays until more bytes come; then it is parsed.

One in collect_incoming_data() has the same piece offered again.
"""

import asynchat
import sys

from _drive import Peer, note


class Chat(asynchat.async_chat):
    fails_in = ""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        note("  collect", data, self.ac_in_buffer)
        if data == b"fail" and self.fails_in == "collect":
            self.fails_in = ""
            raise ValueError

    def found_terminator(self):
        note("  found", self.ac_in_buffer)
        self.push(b".")
        if self.fails_in == "found":
            self.fails_in = ""
            raise ValueError

    def handle_error(self):
        note("  error", sys.exc_info()[0].__name__, "left", self.ac_in_buffer, len(self.producer_fifo))


for where in ("found", "collect"):
    for terminator in (b"\n", 4, None):
        note(where, terminator)
        peer = Peer()
        chat = Chat(peer.near)
        chat.set_terminator(terminator)
        chat.fails_in = where
        peer.says(b"fail\ntwo\nthree\nta")
        note("heard", peer.hears(), chat.ac_in_buffer, chat.get_terminator())
        peer.says(b"il\n")
        note("heard", peer.hears(), chat.ac_in_buffer, chat.get_terminator())
        chat.close()
