"""A socket closed without close() of which somebody has a copy: it is readable for ever, and nobody reads it.

stdlib: the loop dies: OSError
bridge: the other channel is served, and the loop waits
"""

import asyncore
import socket
import time


class Echo(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


near, far = socket.socketpair()
lost, lost_far = socket.socketpair()
Echo(near)
Echo(lost)
asyncore.loop(timeout=0, count=1)
copy = lost.dup()
lost.close()
lost_far.send(b"for nobody")
far.settimeout(2)
try:
    for _ in range(3):
        far.send(b"hello")
        asyncore.loop(timeout=0.1, count=1)
    assert far.recv(100)
    passes, before = 0, time.process_time()
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        asyncore.loop(timeout=0.1, count=1)
        passes += 1
except OSError as exc:
    print("the loop dies:", type(exc).__name__)
else:
    print(
        "the other channel is served,",
        "and the loop waits" if passes < 10 else f"but the loop spins: {passes} passes",
    )
