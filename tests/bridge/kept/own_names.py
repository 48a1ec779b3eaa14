"""Attributes and methods of a subclass are its own: those that are not asyncore's are nobody else's business."""

import asynchat
import socket

from _drive import Peer, note, until


class OwnNames(asynchat.async_chat):
    """Attributes and methods whose names are nobody else's business."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self._sock = "mine"
        self._queue = []
        self._fifo = "mine"
        self._held = "mine"
        self._holding = "mine"
        self._eof = True
        self._broken = True
        self._paused = True
        self._in_buf = "mine"
        self._in_pos = "mine"
        self._buffer = "mine"
        self._lock = "mine"
        self._driver = "mine"
        self._entry = "mine"
        self._out_buffer = "mine"
        self.half_close_ = True

    def _hold(self):
        note("never _hold")

    def _call(self):
        note("never _call")

    def _touch(self):
        note("never _touch")

    def _release(self):
        note("never _release")

    def _pause(self):
        note("never _pause")

    def _resume(self):
        note("never _resume")

    def _feed(self):
        note("never _feed")

    def _send_held(self):
        note("never _send_held")

    def _send_now(self):
        note("never _send_now")

    def _send_only(self):
        note("never _send_only")

    def handle_eof(self):
        note("never handle_eof")

    def collect_incoming_data(self, data):
        self._queue.append(data)

    def found_terminator(self):
        note("  found", self._queue)
        self.push(b"<" + self._queue.pop() + b">")


note("own names")
peer = Peer()
chat = OwnNames(peer.near)
peer.says(b"one\ntwo\n")
note(peer.hears(), chat._sock, chat._fifo, chat._eof, chat._held)
chat.push(b"x" * 100)
note(len(peer.hears()))
peer.sock.shutdown(socket.SHUT_WR)
chat.handle_close = lambda: (note("  handle_close"), asynchat.async_chat.close(chat))
until(lambda: not chat.connected)
