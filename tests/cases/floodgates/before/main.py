"""High and low water: who hands on too much stops until the other end has let it flow, and who answers, too."""
import asynchat
import asyncore
import socket
import sys

HIGH, LOW = 64 * 1024, 16 * 1024


class Upper(asyncore.dispatcher):
    def __init__(self, sock, sea):
        asyncore.dispatcher.__init__(self, sock)
        self.pool = b""
        self.flowing = True
        self.lower = Lower(self, sea)

    def readable(self):
        return self.flowing

    def handle_read(self):
        water = self.recv(4096)
        if water:
            self.lower.pool += water
            if len(self.lower.pool) > HIGH:
                self.flowing = False

    def writable(self):
        return len(self.pool) > 0

    def handle_write(self):
        gone = self.send(self.pool)
        self.pool = self.pool[gone:]
        if not self.lower.flowing and len(self.pool) < LOW:
            self.lower.flowing = True

    def handle_close(self):
        print("upper gate shut")
        self.close()
        self.lower.close()


class Lower(asyncore.dispatcher):
    flowing = True

    def __init__(self, upper, sea):
        asyncore.dispatcher.__init__(self)
        self.upper = upper
        self.pool = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(sea)

    def readable(self):
        return self.flowing

    def handle_read(self):
        water = self.recv(4096)
        if water:
            self.upper.pool += water
            if len(self.upper.pool) > HIGH:
                self.flowing = False

    def writable(self):
        return not self.connected or len(self.pool) > 0

    def handle_write(self):
        gone = self.send(self.pool)
        self.pool = self.pool[gone:]
        if len(self.pool) < LOW:
            self.upper.flowing = True

    def handle_close(self):
        print("lower gate shut")
        self.close()
        self.upper.close()


class Bank(asyncore.dispatcher):
    """Either bank of a canal, which is told what to take, and has the other one wait."""

    def __init__(self, sock=None):
        asyncore.dispatcher.__init__(self, sock)
        self.taken = []
        self.across = None
        self.waiting = False

    def readable(self):
        return not self.waiting

    def handle_read(self):
        self.across.take(self.recv(4096))

    def take(self, load):
        self.taken.append(load)
        if len(self.taken) >= 16 and not self.across.waiting:
            self.across.waiting = True

    def writable(self):
        return bool(self.taken) or not self.connected

    def handle_write(self):
        if self.taken:
            load = self.taken.pop(0)
            gone = self.send(load)
            if gone < len(load):
                self.taken.insert(0, load[gone:])
        if not self.taken:
            self.across.waiting = False

    def handle_close(self):
        self.close()
        self.across.close()


class Hither(Bank):
    def __init__(self, sock, sea):
        Bank.__init__(self, sock)
        self.across = Thither(self, sea)


class Thither(Bank):
    def __init__(self, hither, sea):
        Bank.__init__(self)
        self.across = hither
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(sea)


class Sluice(asynchat.async_chat):
    """Takes no more orders while it has not delivered the answers."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.order = b""
        self.set_terminator(b"\n")

    def readable(self):
        return asynchat.async_chat.readable(self) and len(self.producer_fifo) < 10

    def collect_incoming_data(self, data):
        self.order += data

    def found_terminator(self):
        order, self.order = self.order, b""
        self.push(order.upper() + b"\n")


class Drain(asyncore.dispatcher_with_send):
    def __init__(self, sock):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.send(b"drop by drop\n")

    def readable(self):
        return len(self.out_buffer) < HIGH

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.send(data.lower())

    def handle_close(self):
        self.close()


class River(asyncore.dispatcher):
    def __init__(self, port, sea):
        asyncore.dispatcher.__init__(self)
        self.sea = sea
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Upper(sock, self.sea)


class Canal(asyncore.dispatcher):
    def __init__(self, port, sea):
        asyncore.dispatcher.__init__(self)
        self.sea = sea
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Hither(sock, self.sea)


class Ditch(asyncore.dispatcher):
    def __init__(self, port, make):
        asyncore.dispatcher.__init__(self)
        self.make = make
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.make(sock)


sea, *ports = map(int, sys.argv[1:])
River(ports[0], ("127.0.0.1", sea))
Canal(ports[1], ("127.0.0.1", sea))
Ditch(ports[2], Sluice)
Ditch(ports[3], Drain)
asyncore.loop()
