"""Datagrams: one class keeps a queue, one answers at once, some only listen, and some call."""
import asyncore
import socket
import sys

EAR = ("127.0.0.1", int(sys.argv[4]))


class Box(asyncore.dispatcher):

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.queue = []
        self.seen = 0
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.set_reuse_addr()
        self.bind(address)

    def handle_connect(self):
        pass

    def handle_read(self):
        try:
            data, peer = self.socket.recvfrom(100)
        except OSError as error:
            print("lost a letter:", error)
        else:
            self.seen += 1
            if data == b"stop":
                self.queue.append((b"stopping after %d" % self.seen, peer))
            elif data == b"bad":
                raise RuntimeError("bad")
            else:
                self.queue.append((data, peer))
                if data.endswith(b"!"):
                    self.queue.append((b"once more: " + data, peer))

    def writable(self):
        return len(self.queue) > 0

    def handle_write(self):
        data, peer = self.queue.pop(0)
        self.socket.sendto(data, peer)


class Door(asyncore.dispatcher):
    """What bells and knockers have in common."""

    def __init__(self, address):
        super().__init__()
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(address)

    def writable(self):
        return False


class Bell(Door):

    def __init__(self, address, box):
        super().__init__(address)
        self.box = box

    def handle_read(self):
        try:
            data, peer = self.socket.recvfrom(65535)
        except OSError:
            return
        if data == b"end":
            self.box.close()
            self.close()
        elif data in (b"psst", b"over"):
            self.socket.sendto(data.replace(b"over", b""), EAR)
        else:
            self.socket.sendto(b"ding %d" % self.box.seen, peer)

    def handle_error(self):
        print("bell:", sys.exc_info()[0].__name__)
        self.close()


class Meter(asyncore.dispatcher):
    """Adds up what it is told, until it is told nothing."""

    SIZE = 4

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.total = 0
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(address)

    def writable(self):
        return False

    def handle_read(self):
        number = self.recv(self.SIZE)
        # more than four digits are cut
        self.total += int(number)
        print("total", self.total)

    def handle_error(self):
        print("meter:", sys.exc_info()[0].__name__)

    def handle_close(self):
        print("meter closes")
        self.close()


class Ear(asyncore.dispatcher):
    """Hears one other socket only."""

    def __init__(self, address, other):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(address)
        self.connect(other)

    def handle_connect(self):
        pass

    def handle_read(self):
        data = self.recv(65535)
        print("heard", data)
        if not data:
            print("ear closes")

    def writable(self):
        return False


class Knocker(Door):

    def handle_read(self):
        try:
            data, (host, port) = self.socket.recvfrom(65535)
            answer = b"" if data.decode() == "hello" else b"knock from " + host.encode()
            self.socket.sendto(answer, (host, port))
        except ValueError:
            self.socket.sendto(b"pardon?", (host, port))
        if data == b"end":
            self.close()


class Boy(asyncore.dispatcher):
    """Rings a bell, twice, and runs away."""

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.rung = 0
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.connect(address)

    def handle_connect(self):
        self.ring()

    def ring(self):
        self.rung += 1
        if self.rung > 2:
            self.close()
        else:
            self.send(b"rrring")

    def handle_read(self):
        print("the boy hears", self.recv(512).decode())
        self.ring()

    def writable(self):
        return False

    def handle_close(self):
        print("the boy is gone")
        self.close()


class Neighbour(asyncore.dispatcher):
    """Calls where nobody lives, and an empty answer is none."""

    def __init__(self, address, name):
        asyncore.dispatcher.__init__(self)
        self.name = name
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.connect(address)
        self.send(b"hello")

    def handle_read(self):
        data = self.recv(512)
        print(self.name, "hears", data)
        self.send(b"thanks")

    def writable(self):
        return False

    def handle_error(self):
        print(self.name, "gives up:", sys.exc_info()[0].__name__)
        self.close()

    def handle_close(self):
        print(self.name, "turns back")
        self.close()


box = Box(("127.0.0.1", int(sys.argv[1])))
meter = Meter(("127.0.0.1", int(sys.argv[3])))
ear = Ear(EAR, ("127.0.0.1", int(sys.argv[2])))
bell = Bell(("127.0.0.1", int(sys.argv[2])), box)
knocker = Knocker(("127.0.0.1", int(sys.argv[5])))
boy = Boy(("127.0.0.1", int(sys.argv[2])))
neighbour = Neighbour(("127.0.0.1", int(sys.argv[6])), "neighbour")
guest = Neighbour(("127.0.0.1", int(sys.argv[5])), "guest")
print("ready")
asyncore.loop()
print("seen", box.seen)
