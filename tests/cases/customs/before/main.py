"""A customs house: one gate weighs all that comes and goes, at the other what goes out waits in a queue."""
import asyncore
import socket
import sys
import time
from collections import deque


class Office:
    def __init__(self):
        self.weighed = 0


class Scales(asyncore.dispatcher_with_send):
    """Knows how much has come in, and how much has gone out."""

    def __init__(self, sock, office):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.office = office
        self.came = self.went = 0
        self.last = None
        self.goods = b""

    def recv(self, buffer_size):
        cargo = asyncore.dispatcher_with_send.recv(self, buffer_size)
        self.came += len(cargo)
        self.office.weighed += len(cargo)
        self.last = time.time()
        return cargo

    def send(self, data):
        """Weigh it, and let it go."""
        self.went += len(data)
        asyncore.dispatcher_with_send.send(self, data)

    def handle_read(self):
        self.goods += self.recv(4096)
        while b"\n" in self.goods:
            parcel, self.goods = self.goods.split(b"\n", 1)
            if parcel == b"weigh":
                self.send(b"%d in, %d out, %d in all\n" % (self.came, self.went, self.office.weighed))
            else:
                self.send(b"stamped: " + parcel + b"\n")

    def handle_close(self):
        print("in:", self.came, "out:", self.went, "ever:", self.last is not None)
        self.close()


class Queue(asyncore.dispatcher):
    """Whatever is sent waits in a queue."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.queue = deque()

    def send(self, parcel):
        self.queue.append(parcel)

    def handle_read(self):
        parcel = self.recv(4096)
        if parcel:
            self.send(b"[")
            self.send(parcel.strip())
            self.send(b"]\n")

    def writable(self):
        return len(self.queue) > 0

    def handle_write(self):
        parcel = self.queue.popleft()
        sent = asyncore.dispatcher.send(self, parcel)
        if sent < len(parcel):
            self.queue.appendleft(parcel[sent:])


class Gate(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)


class WeighingGate(Gate):
    def __init__(self, port):
        Gate.__init__(self, port)
        self.office = Office()

    def handle_accepted(self, sock, addr):
        Scales(sock, self.office)


class WaitingGate(Gate):
    def handle_accepted(self, sock, addr):
        Queue(sock)


WeighingGate(int(sys.argv[1]))
WaitingGate(int(sys.argv[2]))
asyncore.loop()
