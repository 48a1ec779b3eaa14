"""What one pass of loop(count=1) costs, in microseconds.  Usage: passes.py busy|idle"""

import asynchat
import asyncore
import socket
import sys
import time


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.received = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        line = b"".join(self.received)
        self.received = []
        self.push(line + b"\n")


near, far = socket.socketpair()
Session(near)
passes = 40000
clock = time.process_time_ns
if sys.argv[1] == "idle":
    for _ in range(1000):
        asyncore.loop(0, True, None, 1)
    started = clock()
    for _ in range(passes):
        asyncore.loop(0, True, None, 1)
    print((clock() - started) / passes / 1000)
else:
    spent = 0
    for _ in range(passes):
        far.send(b"hello world line\n")
        started = clock()
        asyncore.loop(1, True, None, 1)
        spent += clock() - started
        far.recv(100)
    print(spent / passes / 1000)
