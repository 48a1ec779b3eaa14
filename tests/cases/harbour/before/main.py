"""A harbour with a map of its own: ships are hailed, counted and sent away; it closes once the last one has left."""
import asynchat
import asyncore
import socket
import sys


class Harbour:
    """Everything that is in the harbour, and what keeps it going."""

    def __init__(self):
        self.berths = {}

    def open(self, port):
        Pier(port, self)
        while self.berths:
            asyncore.loop(timeout=0.5, map=self.berths, count=1)


class Ship(asynchat.async_chat):
    def __init__(self, sock, harbour):
        asynchat.async_chat.__init__(self, sock, map=harbour.berths)
        self.harbour = harbour
        self.received = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        line = b"".join(self.received)
        self.received = []
        if line == b"how many":
            self.push(b"%d with the pier\n" % len(self.harbour.berths))
        elif line == b"tide":
            for other in self.harbour.berths.values():
                if hasattr(other, "push"):
                    other.push(b"the tide turns\n")
        elif line == b"storm":
            asyncore.close_all(self.harbour.berths)
        else:
            self.hail(line)

    def hail(self, line):
        for other in list(self.harbour.berths.values()):
            if hasattr(other, "push") and other is not self:
                other.push(line + b"\n")


class Pier(asyncore.dispatcher):
    def __init__(self, port, harbour):
        asyncore.dispatcher.__init__(self, map=harbour.berths)
        self.harbour = harbour
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Ship(sock, self.harbour)


if __name__ == "__main__":
    Harbour().open(int(sys.argv[1]))
    print("the harbour is empty")
