"""Odd shapes of real programs: no base __init__, set_socket() followed by a second connect(), its own producer."""

import asynchat
import asyncore
import socket

from _drive import Peer, note, until


class Bare(asynchat.async_chat):
    """Never calls the base __init__."""

    def __init__(self, sock):
        self.ac_in_buffer = b""
        self.producer_fifo = asynchat.deque()
        self._map = asyncore.socket_map
        self._fileno = None
        sock.setblocking(False)
        self.set_socket(sock)
        self.connected = True
        self.set_terminator(b"\n")
        self.lines = []

    def collect_incoming_data(self, data):
        self.lines.append(data)

    def found_terminator(self):
        self.push(b"<" + self.lines.pop() + b">")


note("no base __init__")
peer = Peer()
chat = Bare(peer.near)
peer.says(b"one\ntwo\n")
note(peer.hears(), chat.addr, chat.debug)
chat.close()


class BareDispatcher(asyncore.dispatcher):
    def __init__(self):
        self._map = {}

    def writable(self):
        return False

    def handle_read(self):
        note("  bare", self.socket.recv(10))


peer = Peer()
bare = BareDispatcher()
bare.set_socket(peer.near)
peer.sock.send(b"x")
until(peer.was_heard, bare._map)
note(list(bare._map.values()) == [bare], bare in asyncore.socket_map.values())
bare.close()


class Client(asyncore.dispatcher_with_send):
    def handle_connect(self):
        note("  handle_connect")

    def handle_read(self):
        self.recv(100)


note("set_socket(), then connect()")
server = socket.create_server(("127.0.0.1", 0))
client = Client()
for number in range(2):
    client.set_socket(socket.socket())
    client.socket.setblocking(False)
    client.connect(server.getsockname())
    until(lambda: client.connected)
    far, _ = server.accept()
    client.send(b"number %d" % number)
    note(far.recv(100))
    if number == 0:
        client.socket.close()
        client.del_channel()
client.close()


class Producer(asynchat.async_chat):
    pieces = [b"a", b"b"]  # noqa: RUF012

    def more(self):
        return self.pieces.pop(0) if self.pieces else b""


note("its own producer")
peer = Peer()
chat = Producer(peer.near)
chat.push_with_producer(chat)
until(lambda: not chat.producer_fifo)
note(peer.hears())
chat.close()
