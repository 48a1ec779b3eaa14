"""Meters of two makes: one sends values, or blocks of a length it names; the other may only say so much."""
import asyncore
import logging
import socket
import sys
from typing import Callable, List, Tuple

from framed import Framed

log = logging.getLogger("meters")


class Values(Framed):
    ending: bytes = b"\r\n"

    def measured(self, data: bytes) -> None:
        log.debug("measured %d bytes", len(data))
        if data.startswith(b"block "):
            self.set_terminator(int(data[6:]))
            self.push(b"send\r\n")
        else:
            self.set_terminator(self.ending)
            self.push(b"noted %s\r\n" % data)


class Chatter(Framed):
    said: int = 0

    def collect_incoming_data(self, data: bytes) -> None:
        self.said += len(data)
        if self.said > 20:
            self.parts = []
            self.push(b"enough;")
            self.close_when_done()
        else:
            Framed.collect_incoming_data(self, data)

    def measured(self, data: bytes) -> None:
        self.push(b"%d;" % self.said)


class Station(asyncore.dispatcher):

    def __init__(self, port: int, make: Callable[[socket.socket, List[Framed]], Framed]) -> None:
        asyncore.dispatcher.__init__(self)
        self.make = make
        self.meters: List[Framed] = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock: socket.socket, addr: Tuple[str, int]) -> None:
        self.make(sock, self.meters)


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stdout, level=logging.DEBUG, format="%(message)s")
    Station(int(sys.argv[1]), Values)
    Station(int(sys.argv[2]), Chatter)
    asyncore.loop()
