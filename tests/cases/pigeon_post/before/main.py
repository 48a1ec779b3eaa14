"""A pigeon loft: its pigeons and those who send them are of one family, and a note may close the loft."""
import asynchat
import asyncore
import socket
import sys


class Notes(asynchat.async_chat):
    def __init__(self, sock=None):
        asynchat.async_chat.__init__(self, sock)
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        note = b"".join(self.words)
        self.words = []
        self.arrived(note)


class Pigeon(Notes):
    def arrived(self, note):
        if note == b"close":
            raise asyncore.ExitNow("the loft is closed")
        self.push(b"coo " + note + b"\n")


class Sender(Notes):
    def __init__(self, address):
        Notes.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def handle_connect(self):
        self.push(b"hello\n")

    def arrived(self, note):
        print(note.decode(), flush=True)
        self.close()


class Loft(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Pigeon(sock)


if __name__ == "__main__":
    if sys.argv[1] == "send":
        Sender(("127.0.0.1", int(sys.argv[2])))
    else:
        Loft(int(sys.argv[2]))
    try:
        asyncore.loop()
    except asyncore.ExitNow as reason:
        print("exit:", reason, flush=True)
