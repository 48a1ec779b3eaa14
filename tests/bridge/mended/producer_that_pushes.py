"""A producer whose more() pushes: the queue is sent meanwhile, and the producer is not its head any more.

stdlib: raised IndexError; with an entry behind it b'behind '
bridge: raised nothing; with an entry behind it b'behind pushed '
"""

import asynchat
import socket


class Channel(asynchat.async_chat):
    pushed = False

    def more(self):
        if not self.pushed:
            self.pushed = True
            self.push(b"pushed ")
        return b""


said = []
for behind in (False, True):
    near, far = socket.socketpair()
    channel = Channel(near)
    channel.connected = False  # so that the queue waits
    channel.push_with_producer(channel)
    if behind:
        channel.push(b"behind ")
    channel.connected = True
    try:
        while channel.producer_fifo:
            channel.initiate_send()
    except IndexError:
        said.append("IndexError")
    else:
        said.append("nothing")
heard = far.recv(100)
print(f"raised {said[0]}; with an entry behind it {heard}")
