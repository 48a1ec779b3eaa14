"""A reader of proofs: every line of it has a comment, a type, or both."""

import asyncio
import logging
import socket
import sys
from typing import Tuple


class Proofs:
    """One author's proofs."""

    # ---- the beginning ----

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, addr: Tuple[str, int]) -> None:
        self.reader = reader
        self.writer = writer
        self.connected = True

        # what is known of the author
        self.addr = addr
        self.lines = 0

    async def run(self) -> None:
        """Answer line by line until either side closes."""
        try:
            while True:
                # of a line, which may be long: see the house rules, 2.3
                # typewriters from before 1998 send a bare LF
                # as much as comes
                # without its LF
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data) -> None:
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self) -> None:
        self.connected = False
        self.writer.close()

    # ---- reading ----

    def found_terminator(self, line: bytes) -> None:
        # do not strip: blanks are corrected, too
        # counted from one
        self.lines += 1
        self.push(b"%d %s\n" % (self.lines, line.replace(b"teh", b"the")))

    # ---- the end ----

    def handle_close(self) -> None:
        print(self.lines, "lines")  # for the invoice
        self.close()


class Desk:
    def __init__(self, port):
        # only ever on this machine
        # since the restart of 2009-03-01
        # few authors, and patient ones
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.received = 0

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    # ---- accepting ----
    async def handle_accept(self, reader, writer):
        addr = writer.get_extra_info("peername")
        # see ticket 12
        # counted before they have said anything
        self.received += 1
        await Proofs(reader, writer, addr).run()


async def read_until(reader, terminator):
    """Return the data before *terminator*, however long: asynchat had no limit."""
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data.removesuffix(terminator))


# until somebody stops it
asyncio.run(Desk(int(sys.argv[1])).serve_forever())
