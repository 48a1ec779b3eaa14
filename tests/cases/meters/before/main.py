"""Meters of two makes: one sends values, or blocks of a length it names; the other may only say so much."""
import asyncore
import sys

from framed import Framed


class Values(Framed):
    ending = b"\r\n"

    def measured(self, data):
        if data.startswith(b"block "):
            self.set_terminator(int(data[6:]))
            self.push(b"send\r\n")
        else:
            self.set_terminator(self.ending)
            self.push(b"noted %s\r\n" % data)


class Chatter(Framed):
    said = 0

    def collect_incoming_data(self, data):
        self.said += len(data)
        if self.said > 20:
            self.parts = []
            self.push(b"enough;")
            self.close_when_done()
        else:
            Framed.collect_incoming_data(self, data)

    def measured(self, data):
        self.push(b"%d;" % self.said)


class Station(asyncore.dispatcher):

    def __init__(self, port, make):
        asyncore.dispatcher.__init__(self)
        self.make = make
        self.meters = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.make(sock, self.meters)


if __name__ == "__main__":
    Station(int(sys.argv[1]), Values)
    Station(int(sys.argv[2]), Chatter)
    asyncore.loop()
