"""Meters of two makes: one sends values, or blocks of a length it names; the other may only say so much."""
import asyncio
import logging
import socket
import sys
from typing import Callable, List

from framed import Framed

log = logging.getLogger("meters")


class Values(Framed):
    ending: bytes = b"\r\n"

    def measured(self, data: bytes) -> None:
        log.debug("measured %d bytes", len(data))
        if data.startswith(b"block "):
            self.terminator = checked_terminator(int(data[6:]))
            self.push(b"send\r\n")
        else:
            self.terminator = self.ending
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


class Station:

    def __init__(self, port: int, make: Callable[[socket.socket, List[Framed]], Framed]) -> None:
        self.make = make
        self.meters: List[Framed] = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self) -> None:
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.make(reader, writer, self.meters).run()


def checked_terminator(terminator):
    """Return *terminator*, unless it is a negative length, which asynchat refused as well."""
    if isinstance(terminator, int) and terminator < 0:
        raise ValueError("the length of a frame cannot be negative")
    return terminator


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stdout, level=logging.DEBUG, format="%(message)s")
    logging.getLogger("asyncio").setLevel(logging.INFO)  # it would say which selector it uses
    server1 = Station(int(sys.argv[1]), Values)
    server2 = Station(int(sys.argv[2]), Chatter)
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
