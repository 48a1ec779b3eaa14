"""Quotations by number, one to a line."""

import asynchat
import asyncore
import socket
import sys

QUOTES = [b"Festina lente.", b"Panta rhei.", b"Eppur si muove.", b"Quousque tandem? " * 100]


class QuoteSession(asynchat.async_chat):
    """One reader."""

    def __init__(self, sock, addr):
        self.addr = addr
        asynchat.async_chat.__init__(self, sock=sock)
        self.pieces = []
        self.set_terminator(b"\r\n")
        self.push(b"which one?\r\n")

    def collect_incoming_data(self, data):
        self.pieces.append(data)

    # a number, or "end"
    def found_terminator(self):
        wish = b"".join(self.pieces)
        self.pieces = []
        if wish == b"end":
            self.push(b"farewell\r\n")
            self.close_when_done()  # the farewell still goes out
        elif wish.isdigit() and int(wish) < len(QUOTES):
            self.push(QUOTES[int(wish)] + b"\r\n")
        else:
            self.push(b"no such quotation\r\n")


class QuoteServer(asyncore.dispatcher):
    def __init__(self, host, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind((host, port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        print("reader from", addr[0])
        QuoteSession(sock, addr)


if __name__ == "__main__":
    QuoteServer("127.0.0.1", int(sys.argv[1]))
    asyncore.loop()
