"""A wireless station: its operators use send(), past asynchat's queue, and the relay has an encoding of its own."""

import asynchat
import asyncore
import socket
import sys


class Operator(asynchat.async_chat):
    """Repeats what it hears, and tells the others."""

    def __init__(self, sock, station):
        asynchat.async_chat.__init__(self, sock)
        self.station = station
        self.received = b""
        self.set_terminator(b"\n")
        station.operators.append(self)
        self.send(b"station open\n")

    def collect_incoming_data(self, data):
        self.received += data

    def found_terminator(self):
        message = self.received
        self.received = b""
        if message == b"out":
            self.send(b"over and out\n")
            self.close()
            self.station.operators.remove(self)
        else:
            self.station.tell(self, message)
            self.send(b"roger " + message + b"\n")

    def handle_close(self):
        self.station.operators.remove(self)
        self.close()


class Relay(asynchat.async_chat):
    """Passes on what comes over the wire, which is not asynchat's to encode."""

    def __init__(self, station):
        asynchat.async_chat.__init__(self)
        self.station = station
        self.pieces = []
        self.set_terminator(b"\n")

    def dial(self, port, encoding="utf-16-be"):
        self.encoding = encoding
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def handle_connect(self):
        self.push(b"relay, " + "hallo".encode(self.encoding) + b"\n")

    def collect_incoming_data(self, data):
        self.pieces.append(data)

    def found_terminator(self):
        text = b"".join(self.pieces).decode()
        self.pieces = []
        self.station.tell(None, text.encode(self.encoding))


class Station(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.operators = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Operator(sock, self)

    def tell(self, speaker, message):
        for operator in list(self.operators):
            if operator is not speaker:
                operator.send(b"> " + message + b"\n")


if __name__ == "__main__":
    station = Station(int(sys.argv[1]))
    relay = Relay(station)
    relay.dial(int(sys.argv[2]))
    asyncore.loop()
