"""Listeners: handle_accept() with a guarded accept(), handle_accepted(), and the stock method, which closes.

accept() returns None where there is nothing to accept.  writable() of a listener is asked, and its answer ignored.
"""

import asynchat
import asyncore
import os
import socket
import tempfile

from _drive import note, until


class Notes:
    def __init__(self, family, address):
        super().__init__()
        self.create_socket(family, socket.SOCK_STREAM)
        self.set_reuse_addr()
        note("  reuse", self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
        self.bind(address)
        note("  bound", self.accepting)
        note("  listen() returned", self.listen(5), self.accepting, self.connected)
        note("  nothing there", self.accept())
        self.accepted = []

    def writable(self):
        return True

    def handle_write(self):
        note("  handle_write")

    def handle_read(self):
        note("  handle_read")

    def handle_connect(self):
        note("  handle_connect")


class Accepts(Notes, asyncore.dispatcher):
    def handle_accept(self):
        pair = self.accept()
        note("  handle_accept", len(pair), pair[1], pair[0].getblocking())
        note("  once more", self.accept())
        self.accepted.append(pair[0])


class IsGiven(Notes, asyncore.dispatcher):
    def handle_accepted(self, sock, addr):
        note("  handle_accepted", type(sock).__name__, addr, self.accepting)
        self.accepted.append(sock)


class Stock(Notes, asyncore.dispatcher):
    def log_info(self, message, type="info"):
        note("  log", type, message)
        self.accepted.append(type)


class Chat(Notes, asynchat.async_chat):
    """A listener that is an async_chat, as real programs have them."""

    def handle_accept(self):
        sock, _ = self.accept()
        self.accepted.append(sock)
        note("  handle_accept of a chat")


folder = tempfile.mkdtemp()
for family in (socket.AF_INET, socket.AF_UNIX):
    for cls in (Accepts, IsGiven, Stock, Chat):
        note(family.name, cls.__name__)
        server = cls(family, ("127.0.0.1", 0) if family == socket.AF_INET else os.path.join(folder, cls.__name__))
        note("  ", repr(server).replace(folder, "FOLDER"))
        clients = []
        for number in range(3):
            client = socket.socket(family)
            client.connect(server.socket.getsockname())
            clients.append(client)
            until(lambda: len(server.accepted) == number + 1)
        server.close()
        note("  closed", server.accepting, server in asyncore.socket_map.values())
        if cls is Stock:
            note("  clients", [client.recv(1) for client in clients])

note("a second bind to the same address is refused by the constructor")
first = asyncore.dispatcher()
first.create_socket()
first.bind(("127.0.0.1", 0))
first.listen(1)
second = asyncore.dispatcher()
second.create_socket()
try:
    second.bind(first.socket.getsockname())
except OSError as exc:
    note(exc.args)
