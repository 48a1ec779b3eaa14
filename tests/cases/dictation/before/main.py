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


class Office(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        conn, addr = self.accept()
        Secretary(conn)


if __name__ == "__main__":
    office = Office(int(sys.argv[1]))
    asyncore.loop()
