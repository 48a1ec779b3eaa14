#!/usr/bin/env python3
"""A notice board: readers get what is pinned up, a console pins things up.

usage: main.py BOARDPORT CONSOLEPORT
"""

import asynchat
import asyncore
import sys


class Reader(asynchat.async_chat):
    """Somebody in front of the board."""

    def __init__(self, sock, board):
        asynchat.async_chat.__init__(self, sock)
        self.board = board
        self.words = []
        self.set_terminator(b"\n")
        board.readers.append(self)

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        words = b"".join(self.words)
        self.words = []
        if words == b"leave":
            self.push(b"see you\n")
            self.close_when_done()
        else:
            self.push(b"you said " + words + b"\n")
            for console in self.board.consoles:
                console.push(b"heard: " + words + b"\n")

    def handle_close(self):
        self.close()
        if self in self.board.readers:
            self.board.readers.remove(self)


class Board(asyncore.dispatcher):
    """Lets readers in."""

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.readers = []
        self.consoles = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Reader(sock, self)


class Console(asynchat.async_chat):
    """Pins things up, and may stop listening for a while; that is why it has a readable() of its own."""

    def __init__(self, sock, board, listener):
        asynchat.async_chat.__init__(self, sock)
        self.board = board
        self.listener = listener
        self.patience = 3
        self.line = b""
        self.set_terminator(b"\n")
        board.consoles.append(self)

    def readable(self):
        return self.patience > 0 and asynchat.async_chat.readable(self)

    def collect_incoming_data(self, data):
        self.line += data

    def found_terminator(self):
        line, self.line = self.line, b""
        if line == b"shut":
            self.listener.close()
            self.board.close()
            self.push(b"shut\n")
        elif line == b"sulk":
            self.patience = 0
            self.push(b"enough\n")
        else:
            for reader in list(self.board.readers):
                reader.push(b"* " + line + b"\n")
            self.push(b"pinned up for %d\n" % len(self.board.readers))

    def handle_close(self):
        self.board.consoles.remove(self)
        self.close()


class ConsoleListener(asyncore.dispatcher):
    def __init__(self, port, board):
        asyncore.dispatcher.__init__(self)
        self.board = board
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(1)

    def handle_accepted(self, sock, addr):
        Console(sock, self.board, self)


if __name__ == "__main__":
    board = Board(int(sys.argv[1]))
    ConsoleListener(int(sys.argv[2]), board)
    try:
        asyncore.loop()
        print("the board is empty")
    except KeyboardInterrupt:
        print("the caretaker locks up")
