"""exchange.py - stands between a caller and a server, and writes down what they say

usage: main.py PORT SERVERPORT
"""
import asynchat
import asyncore
import socket
import sys


class Answerer(asynchat.async_chat):
    """The server's end."""

    def __init__(self, caller, address):
        asynchat.async_chat.__init__(self)
        self.caller = caller
        self.heard = []
        self.set_terminator(b"\r\n")
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        line = b"".join(self.heard)
        self.heard = []
        print("<", line.decode("latin-1"))
        self.caller.push(line + b"\r\n")

    def handle_close(self):
        self.close()
        self.caller.close_when_done()


class Caller(asynchat.async_chat):
    """The caller's end, made when there is a call."""

    def __init__(self, sock, address):
        asynchat.async_chat.__init__(self, sock)
        self.heard = []
        self.set_terminator(b"\r\n")
        self.answerer = Answerer(self, address)

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        line = b"".join(self.heard)
        self.heard = []
        print(">", line.decode("latin-1"))
        if line.startswith(b"PASS "):
            line = b"PASS ****"
        self.answerer.push(line + b"\r\n")

    def handle_close(self):
        self.close()
        self.answerer.close_when_done()


class Exchange(asyncore.dispatcher):

    def __init__(self, port, address):
        asyncore.dispatcher.__init__(self)
        self.address = address
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Caller(sock, self.address)


if __name__ == "__main__":
    Exchange(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2])))
    asyncore.loop()
