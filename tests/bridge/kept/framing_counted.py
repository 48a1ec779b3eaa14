"""An int terminator counts down where user code can see it, ends at 0, and 0 means "collect everything".

So do None and b"".  get_terminator() shows what remains.
"""

import asynchat

from _drive import Peer, note


class Chat(asynchat.async_chat):
    reset = False

    def collect_incoming_data(self, data):
        note("  collect", data, "terminator", self.get_terminator(), "buffer", self.ac_in_buffer)

    def found_terminator(self):
        note("  found, terminator", self.terminator, "buffer", self.ac_in_buffer)
        if self.reset:
            self.set_terminator(3)


for terminator in (1, 3, 5, 0, None, b"", 100):
    for reset in (False, True):
        for pieces in ([b"abcdefgh"], [b"ab", b"cdefg", b"h"], [b"abc", b"def", b"gh"]):
            note(terminator, reset, *pieces)
            peer = Peer()
            chat = Chat(peer.near)
            chat.reset = reset
            chat.set_terminator(terminator)
            for piece in pieces:
                peer.says(piece)
                note("  after a read", chat.get_terminator(), chat.ac_in_buffer)
            chat.close()

chat = Chat()
for wrong in (-1, True, False, 2.5):
    try:
        chat.set_terminator(wrong)
    except ValueError as exc:
        note(wrong, "ValueError", str(exc))
    else:
        note(wrong, chat.get_terminator())
