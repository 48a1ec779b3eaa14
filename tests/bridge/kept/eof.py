"""End of the stream: every EOF means handle_close(), once recv() was asked; half of a connection is not supported.

handle_close() may still push and call close_when_done(), so that a half-closing client gets its answer; it is then
called a second time.  EOF is not noticed while readable() is false.
"""

import asynchat
import asyncore
import socket

from _drive import Peer, note, run, until


class Chat(asynchat.async_chat):
    answered = False
    got = b""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(None)

    def collect_incoming_data(self, data):
        note("  collect", data)
        self.got += data

    def handle_close(self):
        note("  handle_close", self.connected, self.answered, len(self.producer_fifo))
        if self.answered:
            self.close()
        else:
            self.answered = True
            self.push(b"you said " + self.got)
            self.close_when_done()


class Plain(asyncore.dispatcher):
    def writable(self):
        return False

    def handle_read(self):
        note("  handle_read")
        note("  recv() returned", self.recv(100), self.connected)

    def handle_close(self):
        note("  handle_close", self.connected)
        self.close()


class Paused(Plain):
    paused = True
    asked = 0

    def readable(self):
        self.asked += 1
        return not self.paused


for cls in (Chat, Plain, asyncore.dispatcher_with_send):
    for text in (b"", b"text"):
        note(cls.__name__, text)
        peer = Peer()
        cls.handle_read = cls.handle_read
        channel = cls(peer.near)
        peer.sock.send(text)
        peer.sock.shutdown(socket.SHUT_WR)
        if cls is asyncore.dispatcher_with_send:
            channel.handle_read = lambda: note("  recv() returned", channel.recv(100), channel.connected)
        run()
        note("heard", peer.hears())

note("while readable() is false")
peer = Peer()
channel = Paused(peer.near)
peer.sock.send(b"x")
peer.sock.close()
other = Peer()
helper = Chat(other.near)
helper.answered = True
other.says(b"a pass")
note("connected", channel.connected)
channel.paused = False
other.sock.send(b"another")
until(lambda: not channel.connected)
helper.close()
