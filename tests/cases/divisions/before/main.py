"""Divides a hundred; what cannot be divided is reported, and the conversation goes on."""

import asynchat
import asyncore
import socket
import sys


class Divider(asynchat.async_chat):
    """One customer, who may be wrong twice."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.errors = 0
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(b"%d\n" % (100 // int(line)))

    def handle_error(self):
        kind, error = sys.exc_info()[:2]
        print(kind.__name__, flush=True)
        self.errors += 1
        if self.errors > 2:
            self.close()
        else:
            self.push(b"sorry: %s\n" % str(error).encode())

    def handle_close(self):
        print("customer left after", self.errors, flush=True)
        self.close()


class Listener(asynchat.async_chat):
    """What is left in its buffer when a line fails begins the next one: the buffer stays."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.heard = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.heard += data

    def found_terminator(self):
        self.push(b"%d\n" % int(self.heard))
        self.heard = b""

    def handle_error(self):
        print("what?", flush=True)


class Speller(asynchat.async_chat):
    """Begins afresh after an error, whatever its buffer held, and takes what is no UTF-8 as it is."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.word = ""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.word += data.decode("utf-8", "replace")

    def found_terminator(self):
        self.push(f"{self.word[0]} is number {ord(self.word[0])}\n".encode())
        self.word = ""

    def handle_error(self):
        self.word = ""
        print("spell it,", sys.exc_info()[0].__name__, flush=True)


class Desk(asyncore.dispatcher):
    def __init__(self, port, kind):
        asyncore.dispatcher.__init__(self)
        self.kind = kind
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        if self.kind == "divide":
            Divider(sock)
        else:
            channel = Listener if self.kind == "hear" else Speller
            channel(sock)


first = Desk(int(sys.argv[1]), "divide")
second = Desk(int(sys.argv[2]), "hear")
third = Desk(int(sys.argv[3]), "spell")
asyncore.loop()
