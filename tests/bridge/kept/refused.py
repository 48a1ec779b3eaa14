"""A refused connect goes to handle_error(), not to handle_close(), and not to whoever called loop()."""

import asynchat
import asyncore
import os
import socket
import sys
import tempfile

from _drive import note, run


class Notes:
    def handle_connect(self):
        note("  handle_connect")

    def handle_read(self):
        note("  handle_read")

    def handle_expt(self):
        note("  handle_expt")

    def handle_close(self):
        note("  handle_close", self.connected, self.connecting)
        self.close()

    def handle_error(self):
        kind, value, _ = sys.exc_info()
        note("  handle_error", kind.__name__, str(value), self.connected, self.connecting)
        self.close()


class Client(Notes, asyncore.dispatcher):
    def handle_write(self):
        note("  handle_write")


class Buffered(Notes, asyncore.dispatcher_with_send):
    pass


class Chat(Notes, asynchat.async_chat):
    pass


class Stock(asyncore.dispatcher):
    def log_info(self, message, type="info"):
        note("  log", type, message.partition(" (")[0], "|", message.partition(" (")[2].partition(" [")[0])


with socket.socket() as unused:
    unused.bind(("127.0.0.1", 0))
    for cls in (Client, Buffered, Chat, Stock):
        note(cls.__name__)
        client = cls()
        client.create_socket()
        client.connect(unused.getsockname())
        note("  connect() returned", client.connected, client.connecting)
        run()
        note("  empty", len(asyncore.socket_map))

note("what fails at once is raised")
client = Client()
client.create_socket(socket.AF_UNIX)
try:
    client.connect(os.path.join(tempfile.mkdtemp(), "nobody"))
except OSError as exc:
    note(type(exc).__name__, exc.args, client.connected, client.connecting, client in asyncore.socket_map.values())
client.close()
