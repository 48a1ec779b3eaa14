"""str terminators are encoded with use_encoding only; otherwise they are refused when they are looked for.

push(str) is refused at once.  Terminators may be class attributes.
"""

import asynchat
import sys

from _drive import Peer, note


class Chat(asynchat.async_chat):
    def collect_incoming_data(self, data):
        note("  collect", data)

    def found_terminator(self):
        note("  found")

    def handle_error(self):
        kind, value, _ = sys.exc_info()
        note("  error", kind.__name__, str(value), "left", self.ac_in_buffer)
        self.close()


class Encoding(Chat):
    use_encoding = 1
    encoding = "utf-8"


class OfTheClass(Chat):
    terminator = b";"


class TextOfTheClass(Chat):
    use_encoding = 1
    terminator = ";"


for cls, terminator in [
    (Chat, "\n"),
    (Encoding, "\n"),
    (Encoding, "é"),
    (OfTheClass, None),
    (TextOfTheClass, None),
    (Chat, bytearray(b"\n")),
]:
    note(cls.__name__, terminator)
    peer = Peer()
    chat = cls(peer.near)
    if terminator is not None:
        chat.set_terminator(terminator)
    note("  terminator", chat.get_terminator())
    peer.says("a\nb;cé\nd".encode())
    for data in ("text", None, 5, [b"x"]):
        try:
            chat.push(data)
        except TypeError as exc:
            note("  refused", exc.args)
    for data in (b"bytes", bytearray(b"array"), memoryview(b"view")):
        chat.push(data)
    note("  heard", peer.hears())
    chat.close()

note("no terminator at all")
peer = Peer()
chat = Chat(peer.near)
peer.says(b"x")

note("missing methods")
peer = Peer()
chat = asynchat.async_chat(peer.near)
chat.set_terminator(b"\n")
chat.handle_error = lambda: (note("  error", sys.exc_info()[0].__name__, str(sys.exc_info()[1])), chat.close())
peer.says(b"x\n")
