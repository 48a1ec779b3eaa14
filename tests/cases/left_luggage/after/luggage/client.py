"""A client for programs that block."""

import socket


class Porter:
    def __init__(self, address):
        self.sock = socket.create_connection(address, timeout=5)
        self.file = self.sock.makefile("rb")

    def ask(self, line):
        self.sock.sendall(line + b"\r\n")
        return self.file.readline()

    def close(self):
        self.file.close()
        self.sock.close()
