"""After close() in found_terminator() the other frames of that read still come; what they push vanishes."""

import asynchat
import asyncore

from _drive import Peer, note, run


class Chat(asynchat.async_chat):
    def collect_incoming_data(self, data):
        note("collect", data, self.connected)
        self.line = data

    def found_terminator(self):
        note("found", self.line, self.connected, self.ac_in_buffer, len(self.producer_fifo))
        self.push(b"<" + self.line + b">")
        if self.line == b"close":
            self.close()
            note("closed", self in asyncore.socket_map.values(), self.ac_in_buffer)
        if self.line == b"done":
            self.close_when_done()
            note("done", self in asyncore.socket_map.values(), len(self.producer_fifo))

    def handle_close(self):
        note("handle_close", self.connected)
        self.close()


for text in (
    b"a\nclose\nb\nc\nd",
    b"a\ndone\nb\nc\nd",
    b"close\nclose\n",
    b"done\ndone\nx\n",
    b"done\n",
    b"x\ndone\n",
):
    note("text", text)
    peer = Peer()
    chat = Chat(peer.near)
    chat.set_terminator(b"\n")
    peer.sock.send(text)
    run()
    note("heard", peer.hears())
    note("left", len(chat.producer_fifo), chat.ac_in_buffer)
