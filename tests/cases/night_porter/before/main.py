"""A porter, and a bell for three rings. Both are closed again if nobody gives them a key."""

import asynchat
import asyncore
import socket
import sys


class Guest(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.said = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.said.append(data)

    def found_terminator(self):
        self.push(b"good night, " + b"".join(self.said) + b"\n")
        self.said = []


class Porter(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock)


class Bell(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.rung = 0
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))

    def writable(self):
        return False

    def handle_read(self):
        data, sender = self.socket.recvfrom(100)
        self.rung += 1
        self.socket.sendto(b"ring %d" % self.rung, sender)


def open_door(key):
    if not key.strip():
        raise LookupError("no key")
    print("open", flush=True)


def main():
    porter = Porter(int(sys.argv[1]))
    bell = Bell(int(sys.argv[2]))
    try:
        open_door(sys.stdin.readline())
    except LookupError as error:
        print("closed:", error, flush=True)
        porter.close()
        bell.close()
        return 3
    running = True
    while running:
        asyncore.loop(timeout=0.5, count=1)
        if bell.rung >= 3:
            running = False
    print("that is enough", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
