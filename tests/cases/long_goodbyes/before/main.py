"""Visitors who are told that they have left, and left standing in the door."""

import asynchat
import asyncore
import socket
import sys


class Visitor(asynchat.async_chat):
    """Its handle_close() does everything but close."""

    def __init__(self, sock, house):
        asynchat.async_chat.__init__(self, sock)
        self.house = house
        self.name = ""
        self.line = []
        self.set_terminator(b"\r\n")

    def collect_incoming_data(self, data):
        self.line.append(data)

    def found_terminator(self):
        line = b"".join(self.line).decode()
        self.line = []
        word, _, rest = line.partition(" ")
        if word == "name":
            self.name = rest
            self.house[rest] = self
        elif word == "tell":
            whom, _, what = rest.partition(" ")
            self.house[whom].hear(what)
        elif word == "bye":
            self.push(b"bye, " + self.name.encode() + b"\r\n")
            self.close_when_done()

    def hear(self, what):
        self.push(what.encode() + b"\r\n")

    def handle_close(self):
        if self.name in self.house:
            del self.house[self.name]
            print(self.name, "has left", flush=True)


class Clerk(asynchat.async_chat):
    """Sends past asynchat's queue, and closes when all is sent."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.command = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.command += data

    def found_terminator(self):
        command, self.command = self.command, b""
        self.send(b"done: " + command + b"\n")
        self.close_when_done()


class Doubtful(asynchat.async_chat):
    """Calls a handle_close() that leaves it open, and goes on: this one stays."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.told = 0
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.told += len(data)

    def found_terminator(self):
        self.handle_close()
        self.push(b"still here\n")

    def handle_close(self):
        print("told", self.told, flush=True)
        if self.told > 10:
            self.close()


class House(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.visitors = {}
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Visitor(sock, self.visitors)


class Office(House):
    def handle_accepted(self, sock, addr):
        Clerk(sock)


class Doubts(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Doubtful(sock)


if __name__ == "__main__":
    House(int(sys.argv[1]))
    Office(int(sys.argv[2]))
    Doubts(int(sys.argv[3]))
    asyncore.loop()
