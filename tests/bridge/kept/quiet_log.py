"""A log in which the program writes everything, at level DEBUG, has nothing in it but what the program says."""

# ways: loop loop-use_poll count count-use_poll poll poll2

import asynchat
import logging
import sys

from _drive import Peer, note, until

log = logging.getLogger("app")


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        log.debug("received %r", data)

    def found_terminator(self):
        self.push(b"thanks\n")
        self.close_when_done()


logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(name)s %(levelname)s %(message)s")
peer = Peer()
session = Session(peer.near)
peer.says(b"hello\n")
until(lambda: not session.connected)
note(peer.hears())
