"""The terminator may be changed in found_terminator(), many times within one read, also by another object."""

import asynchat

from _drive import Peer, note


class Parser:
    """Speaks: a line "bytes N", then N bytes; a line "until X", then anything up to X; otherwise lines."""

    def __init__(self, chat):
        self.chat = chat
        self.frame = b""
        self.state = "line"

    def collect(self, data):
        note("  collect", data, self.chat.get_terminator())
        self.frame += data

    def found(self):
        frame, self.frame = self.frame, b""
        note("  found", self.state, frame, "left", self.chat.ac_in_buffer)
        word, _, argument = frame.partition(b" ")
        if self.state == "line" and word == b"bytes":
            self.state = "body"
            self.chat.set_terminator(int(argument))
        elif self.state == "line" and word == b"until":
            self.state = "text"
            self.chat.set_terminator(argument)
        elif self.state == "line" and word == b"twice":
            self.chat.set_terminator(4)
            self.chat.set_terminator(b"\n")
        elif self.state == "line" and word == b"raw":
            self.state = "raw"
            self.chat.set_terminator(None)
        else:
            self.state = "line"
            self.chat.set_terminator(b"\n")


class Chat(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.parser = Parser(self)

    def collect_incoming_data(self, data):
        self.parser.collect(data)

    def found_terminator(self):
        self.parser.found()


class ChangesWhileCollecting(Chat):
    """Sets the terminator where it was not meant to be set."""

    def collect_incoming_data(self, data):
        Chat.collect_incoming_data(self, data)
        if data.startswith(b"#"):
            self.set_terminator(b"!")


text = (
    b"hello\nbytes 5\nab\ncdbytes 3\n\n\n\nuntil END\nx\nENDbytes 4\n"
    b"more\nuntil \n\ntwice\nok\nraw\nall\nthat\nfollows"
)
for size in (1000, 7, 3, 1):
    note("pieces of", size)
    peer = Peer()
    chat = Chat(peer.near)
    for start in range(0, len(text), size):
        peer.says(text[start : start + size])
    chat.close()

text = b"a\n#b\nc!d!\n#!\n"
for size in (1000, 2, 1):
    note("while collecting, pieces of", size)
    peer = Peer()
    chat = ChangesWhileCollecting(peer.near)
    for start in range(0, len(text), size):
        peer.says(text[start : start + size])
    chat.close()
