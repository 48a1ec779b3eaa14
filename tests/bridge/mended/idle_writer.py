"""A stock dispatcher with nothing to write: 100% of a processor (waitress#177).

stdlib: thousands of passes in 0.2 s
bridge: a few passes in 0.2 s
"""

import asyncore
import socket
import time


class Reader(asyncore.dispatcher):
    def handle_read(self):
        self.recv(100)


near, far = socket.socketpair()
Reader(near)
passes = 0
end = time.monotonic() + 0.2
while time.monotonic() < end:
    asyncore.loop(timeout=0.05, count=1)
    passes += 1
print("thousands of" if passes > 1000 else "a few" if passes < 20 else passes, "passes in 0.2 s")
