"""How many Python functions one line takes, on a loop that is running.  Usage: calls.py"""

import asyncore
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import lines

LINES = 1000


class Session(lines.Session):
    """Puts the next line into its own socket's other end, and counts what happens between two."""

    seen = 0
    count = 0

    def found_terminator(self):
        lines.Session.found_terminator(self)
        far.recv(100)
        self.seen += 1
        if self.seen == 100:
            sys.setprofile(profile)
        elif self.seen == 100 + LINES:
            sys.setprofile(None)
            print(Session.count / LINES - 1)  # without this function
            raise asyncore.ExitNow
        far.send(b"hello world line\n")


def profile(_frame, event, _arg):
    if event == "call":
        Session.count += 1


near, far = socket.socketpair()
Session(near)
far.send(b"hello world line\n")
try:
    asyncore.loop(30, True)
except asyncore.ExitNow:
    pass
