"""recv() that would block: an error for dispatcher.recv(), nothing for async_chat; such a send() returns 0."""

import asynchat
import asyncore

from _drive import Peer, note


class Chat(asynchat.async_chat):
    def collect_incoming_data(self, data):
        note("collect", data)

    def handle_error(self):
        note("handle_error")


for cls in (asyncore.dispatcher, asyncore.dispatcher_with_send, Chat):
    peer = Peer()
    channel = cls(peer.near)
    try:
        note(channel.recv(10))
    except BlockingIOError as exc:
        note(cls.__name__, exc.args)
    if cls is Chat:
        channel.set_terminator(None)
        note("handle_read() returned", channel.handle_read())
    sent = None
    while sent != 0:  # until the kernel is full
        sent = asyncore.dispatcher.send(channel, b"x" * 100000)
    note("send() returned", sent, channel.connected)
    peer.hears()
    note(asyncore.dispatcher.send(channel, b"x"))
    channel.close()
    for call in (lambda: channel.recv(10), lambda: asyncore.dispatcher.send(channel, b"x")):
        note("after close()", call(), channel.connected)
