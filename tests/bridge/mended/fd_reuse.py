"""A channel closed in a handler, and a new one that gets its number, in one pass (cpython#75114).

stdlib: the new channel was told what had happened to the old one
bridge: nobody was told anything wrong
"""

import asyncore
import socket

told = []


class Watcher(asyncore.dispatcher):
    def __init__(self, sock, name):
        asyncore.dispatcher.__init__(self, sock)
        self.name = name

    def writable(self):
        return False

    def handle_read(self):
        told.append(self.name)
        self.recv(100)
        if self.name == "first":
            number = second.fileno()
            victim.close()
            replacement, self.far = socket.socketpair()  # takes the victim's number
            assert replacement.fileno() == number
            Watcher(replacement, "new")

    def handle_close(self):
        self.close()

    def handle_error(self):
        pass


first, first_far = socket.socketpair()
second, second_far = socket.socketpair()
Watcher(first, "first")
victim = Watcher(second, "victim")
first_far.send(b"x")
second_far.send(b"y")
try:
    asyncore.loop(timeout=1, count=1)
except BlockingIOError:
    pass
print(
    "the new channel was told what had happened to the old one"
    if "new" in told
    else "nobody was told anything wrong"
)
