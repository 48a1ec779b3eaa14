"""A nested pass serves a channel that the outer pass has still on its list: recv() would block.

stdlib: the channel was closed: BlockingIOError
bridge: the channel is alive
"""

import asyncore
import socket
import sys

why = []


class Channel(asyncore.dispatcher):
    def __init__(self, sock, pump):
        asyncore.dispatcher.__init__(self, sock)
        self.pump = pump

    def writable(self):
        return False

    def handle_read(self):
        self.recv(100)
        if self.pump:
            asyncore.loop(timeout=0, count=1)

    def handle_error(self):
        why.append(type(sys.exc_info()[1]).__name__)
        self.close()


a, a_far = socket.socketpair()
b, b_far = socket.socketpair()
Channel(a, pump=True)
second = Channel(b, pump=False)
a_far.send(b"x")
b_far.send(b"y")
asyncore.loop(timeout=1, count=1)
print("the channel is alive" if second.connected else "the channel was closed: " + why[0])
