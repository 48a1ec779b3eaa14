"""2,000 live connections: select() ends at descriptor 1024.

stdlib: the loop dies: ValueError
bridge: 2000 answers
"""

import asyncore
import resource
import socket


class Echo(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(5000, hard), hard))
pairs = [socket.socketpair() for _ in range(2000)]
for near, _ in pairs:
    Echo(near)
for _, far in pairs:
    far.send(b"x")
answers = 0
try:
    asyncore.loop(timeout=1, count=2)
    for _, far in pairs:
        far.setblocking(False)
        answers += len(far.recv(10))
except ValueError as exc:
    print("the loop dies:", type(exc).__name__)
else:
    print(answers, "answers")
