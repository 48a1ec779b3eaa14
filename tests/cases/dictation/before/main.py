# -*- coding: utf-8 -*-
"""Takes dictation: a title, and how long the text is in bytes. Runs on Python 2.7; not on 3, where asynchat wants bytes."""

import asyncore
import logging
import socket
import sys
from asynchat import async_chat

log = logging.getLogger("dictation")


class Secretary(async_chat):
    def __init__(self, sock):
        async_chat.__init__(self, sock)
        self.heard = []
        self.set_terminator("\n")
        self.take = self.take_title

    def collect_incoming_data(self, data):
        log.debug("heard %r", data)
        self.heard.append(data)

    def found_terminator(self):
        text, self.heard = "".join(self.heard), []
        self.take(text)

    def take_title(self, text):
        self.title, _, length = text.partition(" ")
        self.set_terminator(int(length))
        self.take = self.take_text

    def take_text(self, text):
        accents = text.count("é") + text.count("è")
        self.push("%s: %s, %d accents\n" % (self.title, text, accents))
        self.set_terminator("\n")
        self.take = self.take_title


class Letterbox(async_chat):
    """On its way to Python 3: all but its terminator is decoded, or encoded."""

    def __init__(self, sock):
        async_chat.__init__(self, sock)
        self.letter = []
        self.set_terminator("\r\n")
        self.push("Letters, please\r\n".encode("utf-8"))

    def collect_incoming_data(self, data):
        self.letter.append(data.decode("utf-8"))

    def found_terminator(self):
        line = "".join(self.letter)
        self.letter = []
        self.push(("Kept: %s\r\n" % line).encode("utf-8"))


class Echo(async_chat):
    """Encodes only, which Python 2 let it."""

    def __init__(self, sock):
        async_chat.__init__(self, sock)
        self.heard = ""
        self.set_terminator("\r\n")

    def collect_incoming_data(self, data):
        self.heard += data

    def found_terminator(self):
        line, self.heard = self.heard, ""
        self.answer("Again: %s" % line)

    def answer(self, line):
        self.push(("%s\r\n" % line).encode("utf-8", "ignore"))


class Office(asyncore.dispatcher):
    def __init__(self, port, kind):
        asyncore.dispatcher.__init__(self)
        self.kind = kind
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        conn, addr = self.accept()
        if self.kind == "letters":
            Letterbox(conn)
        elif self.kind == "echoes":
            Echo(conn)
        else:
            Secretary(conn)


if __name__ == "__main__":
    office = Office(int(sys.argv[1]), "dictation")
    letters = Office(int(sys.argv[2]), "letters")
    echoes = Office(int(sys.argv[3]), "echoes")
    asyncore.loop()
