"""A client that others make, and that runs the loop itself: they may call its methods at any time, so it stays."""

from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import socket


class Caller(asynchat.async_chat):
    def __init__(self, host, port):
        asynchat.async_chat.__init__(self)
        self.received = []
        self.set_terminator(b"\n")
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect((host, port))

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        print(b"".join(self.received))
        self.received = []

    def call(self, data):
        self.push(data + b"\n")

    def run(self):
        asyncore.loop()
