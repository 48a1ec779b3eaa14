"""A ledger: binary records in, the balance out. Records arrive in any pieces."""
import asyncore
import socket
import struct
import sys

RECORD = struct.Struct("!HI")  # length of the name, amount


class Clerk(asyncore.dispatcher):
    """Reads records off one connection."""

    def __init__(self, sock, ledger):
        asyncore.dispatcher.__init__(self, sock)
        self.ledger = ledger
        self.inbox = b""
        self.outbox = b""
        self.written = 0

    def handle_read(self):
        self.inbox += self.recv(512)
        while len(self.inbox) >= RECORD.size:
            size, amount = RECORD.unpack(self.inbox[:RECORD.size])
            end = RECORD.size + size
            if len(self.inbox) < end:
                break
            name = self.inbox[RECORD.size:end].decode()
            self.inbox = self.inbox[end:]
            self.enter(name, amount)

    def enter(self, name, amount):
        # every record is answered with the balance of its name
        if name == "error":
            raise ValueError(amount)
        self.written += 1
        self.ledger[name] = self.ledger.get(name, 0) + amount
        self.outbox += struct.pack("!I", self.ledger[name])

    def writable(self):
        return len(self.outbox) > 0

    def handle_write(self):
        sent = self.send(self.outbox)
        self.outbox = self.outbox[sent:]

    def handle_close(self):
        print("clerk wrote", self.written)
        self.close()


class Lines(asyncore.dispatcher_with_send):
    """The same in text."""

    def __init__(self, sock, ledger):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.ledger = ledger
        self.text = b""

    def handle_read(self):
        data = self.recv(512)
        if not data:
            self.close()
            return
        self.text += data
        while True:
            line, newline, rest = self.text.partition(b"\n")
            if not newline:
                break
            self.text = rest
            self.send(b"%d\n" % self.ledger.get(line.decode(), 0))


class Counter(asyncore.dispatcher):
    session = Clerk

    def __init__(self, port, ledger):
        asyncore.dispatcher.__init__(self)
        self.ledger = ledger
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.session(sock, self.ledger)


class Window(Counter):
    session = Lines


def main():
    ledger = {}
    Counter(int(sys.argv[1]), ledger)
    Window(int(sys.argv[2]), ledger)
    asyncore.loop()


if __name__ == "__main__":
    main()
