"""Carriers that take either road: to a path, or to a host and a port; sent off later than they are made."""
import asynchat
import asyncore
import os
import socket
import sys


class Carrier(asynchat.async_chat):

    def __init__(self, where):
        asynchat.async_chat.__init__(self)
        self.where = where
        self.brought = []
        self.set_terminator(b"\n")

    def set_out(self):
        if ":" in self.where:
            host, port = self.where.split(":")
            self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
            self.connect((host, int(port)))
        else:
            self.create_socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.connect(self.where)
        self.push(b"what is new?\n")

    def collect_incoming_data(self, data):
        self.brought.append(data)

    def found_terminator(self):
        print("news:", b"".join(self.brought).decode())
        self.brought = []
        self.push(b"thanks\n")
        self.close_when_done()


class Rider(asyncore.dispatcher_with_send):
    """Knows only the one road."""

    def __init__(self):
        asyncore.dispatcher_with_send.__init__(self)
        self.create_socket(socket.AF_UNIX)

    def ride(self, path):
        self.connect(path)
        self.send(b"a rider comes\n")

    def handle_connect(self):
        print("arrived")

    def handle_read(self):
        data = self.recv(1000)
        if data:
            print("told", len(data))

    def handle_close(self):
        print("sent back")
        self.close()


class Walker(asyncore.dispatcher_with_send):
    """Is told where to go by whoever sends him."""

    def __init__(self, message):
        asyncore.dispatcher_with_send.__init__(self)
        self.message = message
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)

    def handle_connect(self):
        self.send(self.message)

    def handle_read(self):
        print("walker hears", len(self.recv(1000)) > 0)


class Porter(asynchat.async_chat):

    def __init__(self, sock, house):
        asynchat.async_chat.__init__(self, sock)
        self.house = house
        self.line = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.line.append(data)

    def found_terminator(self):
        line = b"".join(self.line)
        self.line = []
        if line == b"what is new?":
            self.push(b"nothing\n")
        elif line == b"thanks":
            self.house.guests += 1
            self.push(b"x" * 7)
        else:
            self.push(b"no horses here")
            self.close_when_done()


class House(asyncore.dispatcher):

    def __init__(self, path):
        asyncore.dispatcher.__init__(self)
        self.guests = 0
        self.create_socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.bind(path)
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Porter(sock, self)


def main():
    path = os.path.join(os.getcwd(), "house.sock")
    House(path)
    near = Carrier(path)
    far = Carrier(sys.argv[1])
    near.set_out()
    far.set_out()
    rider = Rider()
    rider.ride(path)
    walker = Walker(b"on foot\n")
    walker.connect(("127.0.0.1", int(sys.argv[2])))
    asyncore.loop()


if __name__ == "__main__":
    main()
