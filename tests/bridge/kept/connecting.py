"""connect(): handle_connect() runs before ``connected`` is true, then at once handle_read() or handle_write().

A Unix socket connects within connect() itself.  Also: connect() again on the same object, and after set_socket().
"""

import asyncore
import os
import socket
import tempfile

from _drive import note, until


class Client(asyncore.dispatcher):
    wants = True

    def handle_connect(self):
        note("  handle_connect", self.connected, self.connecting, self.addr is not None)

    def handle_write(self):
        note("  handle_write", self.connected, self.connecting)
        self.wants = False

    def handle_read(self):
        note("  handle_read", self.connected, self.recv(100))

    def handle_close(self):
        note("  handle_close", self.connected, self.connecting)
        self.close()

    def writable(self):
        return self.wants

    def handle_connect_event(self):
        note("  handle_connect_event")
        asyncore.dispatcher.handle_connect_event(self)


class Refuses(Client):
    """Raises in handle_connect(): it is asked again, since it is not connected yet."""

    tries = 0

    def handle_connect(self):
        self.tries += 1
        note("  handle_connect", self.tries, self.connected)
        if self.tries < 3:
            raise ValueError(self.tries)

    def handle_error(self):
        note("  handle_error", self.connected, self.connecting)


folder = tempfile.mkdtemp()
for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, os.path.join(folder, "s"))):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address)
    server.listen(5)
    for cls in (Client, Refuses):
        note(family.name, cls.__name__)
        client = cls()
        note("new", client.connected, client.connecting, client.addr, client.socket)
        client.create_socket(family)
        note("socket made", client.connected, client.family_and_type[0].name, client._fileno in asyncore.socket_map)
        try:
            client.connect(server.getsockname())
        except ValueError:
            note("connect() raised ValueError", client.connected, client.connecting)
        until(lambda: client.connected)
        far, _ = server.accept()
        until(lambda: not client.wants)
        far.send(b"hello")
        received = []
        client.handle_read = lambda: received.append(client.recv(100))
        until(lambda: received)
        note("received", received)
        far.close()
        until(lambda: not client.connected)

        note("again, on the same object")
        del client.handle_read
        client.wants = True
        client.tries = 5
        client.create_socket(family)
        client.connect(server.getsockname())
        until(lambda: not client.wants)
        far, _ = server.accept()
        client.close()
        note("far end", far.recv(10))
        far.close()
    server.close()
