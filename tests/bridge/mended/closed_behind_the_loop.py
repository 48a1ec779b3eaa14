"""A socket closed without close(): EBADF for ever (cpython#74292).

stdlib: the loop dies: OSError
bridge: the other channel is served
"""

import asyncore
import socket


class Echo(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


near, far = socket.socketpair()
lost, lost_far = socket.socketpair()
Echo(near)
Echo(lost)
asyncore.loop(timeout=0, count=1)
lost.close()
far.settimeout(2)
try:
    for _ in range(3):
        far.send(b"hello")
        asyncore.loop(timeout=0.1, count=1)
    assert far.recv(100)
except OSError as exc:
    print("the loop dies:", type(exc).__name__)
else:
    print("the other channel is served")
