"""Several frames in one read, with nobody looking at the queue: what each handler sees, and the order of it all.

close_when_done() in the middle: the next push, in the next frame, already ends the channel.
"""

import asynchat

from _drive import Peer, note, run, until


class Chat(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.line = data

    def found_terminator(self):
        note("  found", self.line, self.connected, bool(self.writable()) if self.line == b"ask" else "-")
        if self.line in (b"ask", b"silent"):
            return
        self.push(b"<" + self.line + b">")
        if self.line == b"done":
            self.close_when_done()
        elif self.line == b"close":
            self.close()
        elif self.line == b"leave":
            self.del_channel()
        elif self.line == b"fail":
            raise ValueError(self.line)
        elif self.line == b"shut":
            self.handle_close()
        elif self.line == b"forget":
            self.discard_buffers()

    def handle_close(self):
        note("  handle_close", self.connected)
        self.close()

    def handle_error(self):
        note("  handle_error", self.connected)


for text in (
    b"a\nb\nc\n",
    b"a\ndone\nb\nc\nd\n",
    b"a\ndone\nsilent\nc\nd\n",
    b"done\ndone\ndone\n",
    b"a\ndone\nsilent\n",
    b"a\nclose\nb\nc\n",
    b"a\nshut\nb\nc\n",
    b"a\nask\nb\nask\n",
    b"a\nfail\nb\nc\n",
    b"a\nforget\nb\nc\n",
    b"a\nleave\nb\nc\n",
):
    note("text", text)
    peer = Peer()
    chat = Chat(peer.near)
    peer.says(b"silent\n")  # the loop knows the channel by now
    peer.says(text)
    note("  heard", peer.hears(), "left", chat.ac_in_buffer, list(chat.producer_fifo))
    if chat.connected and b"leave" not in text:
        peer.says(b"end\n")
        note("  heard", peer.hears(), chat.connected)
    if chat.producer_fifo and chat.connected and b"leave" not in text:
        until(lambda: not chat.producer_fifo or not chat.connected)
    chat.close()
    run()
