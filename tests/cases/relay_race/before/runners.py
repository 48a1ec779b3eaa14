"""Runners take over connections that others have made."""

import asynchat
import socket


class Runner(asynchat.async_chat):
    def __init__(self, sock, name):
        super().__init__(sock=sock)
        self.name = name
        self.heard = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        line = b"".join(self.heard).decode()
        self.heard = []
        self.told(line)

    def say(self, text):
        self.saying(text)
        self.push(text.encode() + b"\n")

    def handle_close(self):
        print(self.name, "has finished", flush=True)
        self.close()

    def told(self, line):
        """Do nothing: that is for subclasses."""

    def saying(self, text):
        """Do nothing: that is for subclasses."""


class Starter(asynchat.async_chat):
    """Makes its connection itself, and waits for it."""

    def __init__(self, port, others):
        asynchat.async_chat.__init__(self, self.meet(port))
        self.others = others
        self.buffer = b""
        self.set_terminator(b".")
        self.push(b"ready?")

    def meet(self, port):
        sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        print("starter is there", flush=True)
        return sock

    def collect_incoming_data(self, data):
        self.buffer += data

    def found_terminator(self):
        text, self.buffer = self.buffer, b""
        for other in self.others:
            other.say(text.decode())
        if text == b"go":
            self.push(b"gone.")
            self.close_when_done()
