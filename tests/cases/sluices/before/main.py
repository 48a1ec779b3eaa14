"""Sluices whose sockets are set up elsewhere: one is told from outside that it listens, the others know."""

import asynchat
import asyncore
import socket
import sys


class Boat(asynchat.async_chat):
    """Is let through, and says how many went before it."""

    def __init__(self, sock, sluice="upper"):
        asynchat.async_chat.__init__(self, sock)
        self.sluice = sluice
        self.name = b""
        self.set_terminator(b"!")

    def collect_incoming_data(self, more):
        self.name += more

    def found_terminator(self):
        self.push(self.name + b" passes the " + self.sluice.encode() + b" sluice\n")
        self.initiate_send()
        self.name = b""


class Upper(asyncore.dispatcher):
    def handle_accept(self):
        sock, address = self.accept()
        Boat(sock)


class Lower(asyncore.dispatcher):
    """Closes for good behind the second boat."""

    def __init__(self, name, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.listen(5)
        self.name = name
        self.boats = 0

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            sock, address = pair
            self.boats += 1
            if self.boats == 2:
                self.close()
            Boat(sock, self.name)


class Side(asyncore.dispatcher):
    def __init__(self, gate):
        asyncore.dispatcher.__init__(self, sock=gate)
        self.accepting = True
        print("side gate open", gate.getsockname()[0], flush=True)

    def handle_accepted(self, sock, address):
        Boat(sock, "side")


def gate(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    sock.listen(8)
    return sock


if __name__ == "__main__":
    upper = Upper(gate(int(sys.argv[1])))
    upper.accepting = True  # gate() has called listen() already
    Lower("lower", gate(int(sys.argv[2])))
    Side(gate(int(sys.argv[3])))
    asyncore.loop()
