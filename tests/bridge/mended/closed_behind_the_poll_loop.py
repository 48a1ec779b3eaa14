"""The same with use_poll: handle_close() again and again.

stdlib: handle_close() 20 times
bridge: handle_close() 1 times
"""

import asyncore
import socket

closes = []


class Careless(asyncore.dispatcher):
    def writable(self):
        return False

    def handle_close(self):
        closes.append(1)


near, far = socket.socketpair()
Careless(near)
asyncore.loop(timeout=0, use_poll=True, count=1)
near.close()
for _ in range(20):
    asyncore.loop(timeout=0.5 if not closes else 0, use_poll=True, count=1)
print("handle_close()", len(closes), "times")
