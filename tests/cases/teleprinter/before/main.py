"""A teleprinter: what is typed, or comes in a datagram, is put into the output of its one line."""
import asyncore
import socket
import sys


class Line(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.outgoing = b""
        self.keyboard = None  # until there is one
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def handle_connect(self):
        print("connected")

    def handle_read(self):
        data = self.recv(4096)
        if data:
            print("printed", data.decode().rstrip())

    def writable(self):
        return not self.connected or len(self.outgoing) > 0

    def handle_write(self):
        sent = self.send(self.outgoing)
        self.outgoing = self.outgoing[sent:]

    def handle_close(self):
        print("line closed")
        self.close()
        self.keyboard.close()


class Keyboard(asyncore.file_dispatcher):
    def __init__(self, line, wire):
        asyncore.file_dispatcher.__init__(self, sys.stdin)
        self.line = line
        self.wire = wire

    def writable(self):
        return False

    def handle_read(self):
        data = self.recv(4096)
        self.line.outgoing += data.upper()

    def handle_close(self):
        print("nobody types any more")
        self.close()


class Wire(asyncore.dispatcher):
    """Hears of what others want to have said."""

    def __init__(self, port, line):
        asyncore.dispatcher.__init__(self)
        self.line = line
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))

    def writable(self):
        return False

    def handle_read(self):
        data, address = self.socket.recvfrom(512)
        if data == b"stop":
            self.close()
            return
        self.line.outgoing += b"from the wire: " + data + b"\n"
        self.socket.sendto(b"noted", address)


def main():
    line = Line(int(sys.argv[1]))
    wire = Wire(int(sys.argv[2]), line)
    line.keyboard = Keyboard(line, wire)
    asyncore.loop()
    print("switched off")


main()
