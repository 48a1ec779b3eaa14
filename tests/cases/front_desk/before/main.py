"""A front desk that keeps whom it let in last; written when Python 2 was still about."""
import asyncore
import sys

PY3 = sys.version_info[0] >= 3


class Guest(asyncore.dispatcher_with_send):
    """Speaks text."""

    def handle_read(self):
        try:
            if PY3:
                words = self.recv(1024).decode("ascii")
            else:
                words = self.recv(1024)
            if not words:
                return
            answer = "you are %s\n" % words.strip()
            self.send(answer.encode("ascii") if PY3 else answer)
        except UnicodeError as error:
            print("pardon:", error.reason)
            self.send(b"pardon?\n")

    def handle_close(self):
        print("a guest leaves")
        self.close()


class Caller(asyncore.dispatcher_with_send):
    """Counts, from nothing each time."""

    def handle_read(self):
        vowels, others = 0, 0
        data = self.recv(1024)
        if not data:
            return
        for byte in data:
            if byte in b"aeiou":
                vowels += 1
            else:
                others += 1
        self.send(b"%d and %d\n" % (vowels, others))


class Desk(asyncore.dispatcher):
    guest = None

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        self.guest, self.address = self.accept()
        self.guest.send(b"welcome\n")
        Guest(self.guest)
        self.enter("guest")

    def enter(self, kind):
        print("a %s from %s" % (kind, self.address[0]))


class SideDoor(Desk):
    def handle_accept(self):
        sock, self.address = self.accept()
        self.enter("caller")
        Caller(sock)


Desk(int(sys.argv[1]))
SideDoor(int(sys.argv[2]))
print("open")
try:
    asyncore.loop()
except KeyboardInterrupt:
    print("closed")
