"""Line servers: the same file runs on the stdlib and on the bridge.  Usage: lines.py [OPTION=VALUE ...]

class=lines (default), two_pushes, connect (one line, then close); coalesce=event; nodelay=yes; use_poll=no
"""

import asynchat
import asyncore
import socket
import sys

options = dict(arg.split("=", 1) for arg in sys.argv if "=" in arg)


class Session(asynchat.async_chat):
    if "coalesce" in options:
        coalesce = options["coalesce"]

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        if "nodelay" in options:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        line = b"".join(self.received)
        self.received = []
        self.push(line + b"\n")


class TwoPushes(Session):
    def found_terminator(self):
        line = b"".join(self.received)
        self.received = []
        self.push(line)
        self.push(b"\n")


class CloseAfterOne(Session):
    def found_terminator(self):
        Session.found_terminator(self)
        self.close_when_done()


CLASSES = {"lines": Session, "two_pushes": TwoPushes, "connect": CloseAfterOne}


class Server(asyncore.dispatcher):
    def __init__(self, make):
        asyncore.dispatcher.__init__(self)
        self.make = make
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", 0))
        self.listen(4096)

    def handle_accepted(self, sock, addr):
        self.make(sock)


def choose():
    """Return the class that the command line asks for."""
    return CLASSES[options.get("class", "lines")]


if __name__ == "__main__":
    server = Server(choose())
    print(server.socket.getsockname()[1], flush=True)
    asyncore.loop(use_poll=options.get("use_poll") != "no")
