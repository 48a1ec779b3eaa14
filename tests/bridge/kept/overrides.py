"""Overridden plumbing: add_channel(), set_socket(), create_socket() ...; a client that connects again and again.

Also one object in two maps, two channels on copies of one socket, a poll function in place of asyncore's own.
"""

import asyncore
import socket

from _drive import USE_POLL, Peer, note, run, until


class Base(asyncore.dispatcher):
    def __init__(self, sock=None, map=None):
        self.calls = []
        asyncore.dispatcher.__init__(self, sock, map)

    def add_channel(self, map=None):
        self.calls.append("add")
        asyncore.dispatcher.add_channel(self, map)

    def del_channel(self, map=None):
        self.calls.append("del")
        asyncore.dispatcher.del_channel(self, map)

    def set_socket(self, sock, map=None):
        self.calls.append("set")
        asyncore.dispatcher.set_socket(self, sock, map)

    def create_socket(self, *kind):
        self.calls.append("create")
        asyncore.dispatcher.create_socket(self, *kind)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def writable(self):
        return False


class Server(Base):
    def __init__(self, map):
        Base.__init__(self, None, map)
        self.accepted = 0
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", 0))
        self.listen(1)
        self.port = self.socket.getsockname()[1]

    def handle_accept(self):
        sock, _ = self.accept()
        self.accepted += 1
        Doubles(sock, self._map)


class Doubles(Base):
    def handle_read(self):
        data = self.recv(10)
        if data:
            self.send(data * 2)
            self.close()

    def handle_close(self):
        self.close()


class Client(Base):
    attempts = 0

    def __init__(self, port, map):
        Base.__init__(self, None, map)
        self.port = port
        self.attempt()

    def attempt(self):
        self.attempts += 1
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", self.port))
        self.left = b"number %d" % self.attempts

    def handle_connect(self):
        note("  handle_connect", self.attempts)

    def writable(self):
        return bool(self.left)

    def handle_write(self):
        self.left = self.left[self.send(self.left) :]

    def handle_read(self):
        note("  received", self.recv(100))

    def handle_close(self):
        note("  handle_close")
        self.close()
        if self.attempts < 3:
            self.attempt()


for members in (None, {}):
    note("the default map" if members is None else "a map of its own, given by position")
    server = Server(members)
    client = Client(server.port, members)
    until(lambda: client.attempts == 3 and client._fileno is None, members)
    note(client.calls, server.calls, server.accepted, len(members or ()))
    server.close()


class Reads(Base):
    def handle_read(self):
        try:
            note("  read", self.recv(2))
        except BlockingIOError:
            note("  nothing left")

    def handle_close(self):
        self.close()


note("two channels on copies of one socket")
peer = Peer()
one, other = Reads(peer.near), Reads(peer.near.dup())
peer.says(b"abcd")
peer.says(b"ef")
one.close()
peer.says(b"gh")
other.close()

note("one channel in two maps")
second = {}
peer = Peer()
channel = Reads(peer.near)
channel.add_channel(second)
note(len(second), len(asyncore.socket_map))
peer.sock.send(b"xy")
until(peer.was_heard, second)
peer.says(b"zz")
channel.close()
note(len(second), len(asyncore.socket_map))

note("loop() calls the poll function that the module has")
name = "poll2" if USE_POLL else "poll"
plain = getattr(asyncore, name)
calls = []


def counted(timeout=0.0, map=None):
    calls.append(timeout)
    plain(timeout, map)


peer = Peer()
channel = Reads(peer.near)
peer.sock.send(b"ab")
peer.sock.close()
setattr(asyncore, name, counted)
asyncore.loop(5, USE_POLL, None, 1)
asyncore.loop(5, USE_POLL)
setattr(asyncore, name, plain)
note(calls, channel.connected)
run()
