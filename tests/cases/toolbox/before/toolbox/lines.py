"""Both ends of a protocol of lines: whoever uses them runs asyncore.loop()."""

import asynchat
import asyncore
import socket


class LineChannel(asynchat.async_chat):
    """What a server makes of each connection."""

    def __init__(self, sock, handler):
        asynchat.async_chat.__init__(self, sock)
        self.handler = handler
        self.set_terminator(b"\r\n")
        self._received = []

    def collect_incoming_data(self, data):
        self._received.append(data)

    def found_terminator(self):
        line = b"".join(self._received)
        self._received = []
        self.handler(self, line)

    def send_line(self, line):
        self.push(line + b"\r\n")


class LineServer(asyncore.dispatcher):
    """Calls *handler* with a channel and a line."""

    def __init__(self, host, port, handler):
        asyncore.dispatcher.__init__(self)
        self.handler = handler
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind((host, port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            LineChannel(pair[0], self.handler)


class LineClient(asynchat.async_chat):
    """Keeps the lines that it gets; may be told to send some at any time."""

    def __init__(self, host, port):
        asynchat.async_chat.__init__(self)
        self.set_terminator(b"\r\n")
        self._received = []
        self.lines = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect((host, port))

    def collect_incoming_data(self, data):
        self._received.append(data)

    def found_terminator(self):
        self.lines.append(b"".join(self._received))
        self._received = []

    def send_line(self, line):
        self.push(line + b"\r\n")
