"""Says why a port cannot be had, and why another one cannot be reached, in the words of the system.

usage: main.py PORT OTHERPORT HATCH CALLED
"""

import asynchat
import asyncore
import socket
import sys


class Guest(asynchat.async_chat):
    def __init__(self, sock, addr):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.words = []

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        self.push(b"".join(self.words) + b"!\n")
        self.words = []


class Door(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock, addr)


class Hatch(asyncore.dispatcher):
    """Nobody would ask why it stays shut."""

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock, addr)


class Caller(asynchat.async_chat):
    def __init__(self, port):
        asynchat.async_chat.__init__(self)
        self.set_terminator(b"\n")
        self.heard = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def handle_connect(self):
        self.push(b"hello\n")

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        print("heard", b"".join(self.heard))
        self.close()

    def handle_error(self):
        kind, value = sys.exc_info()[:2]
        print("no answer:", kind.__name__, value.args, value)
        self.close()

    def handle_close(self):
        print("hung up")
        self.close()


class Knocker(asyncore.dispatcher):
    """Asks what kind of error it was, and no more."""

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def handle_read(self):
        print("knocked on", len(self.recv(100)))

    def handle_error(self):
        print("nobody:", sys.exc_info()[0].__name__)
        self.close()

    def handle_close(self):
        self.close()


doors = []
for port in sys.argv[1:3]:
    try:
        doors.append(Door(int(port)))
    except OSError as error:
        print("stays shut:", error)
hatch = Hatch(int(sys.argv[3]))
Caller(int(sys.argv[4]))
Knocker(int(sys.argv[4]))
asyncore.loop()
