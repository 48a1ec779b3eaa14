"""A tail without a terminator is collected when the stream ends; it is not found; then handle_close() runs."""

import asynchat

from _drive import Peer, note, run


class Chat(asynchat.async_chat):
    def collect_incoming_data(self, data):
        note("collect", data)

    def found_terminator(self):
        note("found", self.ac_in_buffer)

    def handle_close(self):
        note("close", self.connected, self.ac_in_buffer)
        self.close()


for text in (b"line\r\ntail", b"line\r\n", b"tail\r", b"", b"\r\n\r"):
    for heard_before in (True, False):
        note("text", text, heard_before)
        peer = Peer()
        chat = Chat(peer.near)
        chat.set_terminator(b"\r\n")
        if heard_before and text:
            peer.says(text)
        else:
            peer.sock.send(text)
        peer.sock.close()
        run()
        note("left", chat.ac_in_buffer, chat.connected)
