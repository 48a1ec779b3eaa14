"""A switchboard: what is typed goes to every line, and every line may ring the bell."""
import asyncore
import os
import socket
import sys


class Line(asyncore.dispatcher_with_send):
    def __init__(self, sock, board):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.board = board
        self.board.lines.append(self)
        self.send(b"connected\n")

    def handle_read(self):
        data = self.recv(100)
        if b"!" in data:
            os.write(bell_wire, b"r")

    def handle_close(self):
        self.board.lines.remove(self)
        print("line closed")
        self.close()


class Board(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.lines = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Line(sock, self)

    def send(self, data):
        for line in self.lines:
            line.send(data)


class Keyboard(asyncore.file_dispatcher):
    """Reads what is typed, by the line."""

    def __init__(self, board):
        asyncore.file_dispatcher.__init__(self, sys.stdin)
        self.board = board
        self.typed = b""

    def writable(self):
        return False

    def handle_read(self):
        self.typed += self.recv(1024)
        while b"\n" in self.typed:
            line, self.typed = self.typed.split(b"\n", 1)
            if line == b"bad":
                raise ValueError(line)
            print("typed", line.decode())
            self.board.send(line + b"\n")

    def handle_error(self):
        print("cannot say", sys.exc_info()[1])

    def handle_close(self):
        print("no more is typed")
        for line in list(self.board.lines):
            line.handle_close()
        self.board.close()
        bell.close()
        self.close()


class Bell(asyncore.file_dispatcher):
    """Rings for what comes out of a pipe, three at a time."""

    def __init__(self, wire, board):
        asyncore.file_dispatcher.__init__(self, wire)
        self.board = board

    def writable(self):
        return False

    def handle_read(self):
        data = self.recv(3)
        if data:
            print("rings", data.decode())
            self.board.send(b"ring\n" * len(data))


bell_end, bell_wire = os.pipe()
os.write(bell_wire, b"abcde")
board = Board(int(sys.argv[1]))
Keyboard(board)
bell = Bell(bell_end, board)
asyncore.loop()
print("good night")
