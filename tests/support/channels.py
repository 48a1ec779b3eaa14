"""Small legacy classes that several tests use."""

import socket

from asyncore_bridge import asynchat, asyncore


class Lines(asynchat.async_chat):
    """Answers each line with ``<line>``; "quit" ends; notes what happens in ``log``."""

    def __init__(self, sock, addr=None, log=None):
        asynchat.async_chat.__init__(self, sock)
        self.addr = addr
        self.log = [] if log is None else log
        self.set_terminator(b"\r\n")

    def collect_incoming_data(self, data):
        self._collect_incoming_data(data)

    def found_terminator(self):
        line = self._get_data()
        self.log.append(line)
        if line == b"quit":
            self.push(b"bye\r\n")
            self.close_when_done()
        elif line == b"fail":
            raise ValueError("asked to")
        elif line.startswith(b"big "):
            self.push(b"x" * int(line[4:]) + b"\r\n")
        else:
            self.push(b"<" + line + b">\r\n")

    def handle_close(self):
        self.log.append("close")
        self.close()


class Listener(asyncore.dispatcher):
    """Accepts connections for *make*, which is called with (sock, addr)."""

    def __init__(self, make, host="127.0.0.1", map=None):
        asyncore.dispatcher.__init__(self, map=map)
        self.make = make
        self.channels = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind((host, 0))
        self.listen(50)
        self.port = self.socket.getsockname()[1]

    def handle_accepted(self, sock, addr):
        self.channels.append(self.make(sock, addr))


def pair():
    """Return a connected pair of TCP sockets."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
    far.settimeout(5)
    return near, far


def connect(port):
    """Return a blocking client socket with a timeout."""
    client = socket.create_connection(("127.0.0.1", port), timeout=5)
    client.settimeout(5)
    return client


def read_all(client):
    """Read until the end of the stream."""
    chunks = []
    while chunk := client.recv(65536):
        chunks.append(chunk)
    return b"".join(chunks)
