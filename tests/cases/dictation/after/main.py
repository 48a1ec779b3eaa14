# -*- coding: utf-8 -*-
"""Takes dictation: a title, and how long the text is in bytes. Runs on Python 2.7; not on 3, where asynchat wants bytes."""

import asyncio
import codecs
import logging
import socket
import sys

log = logging.getLogger("dictation")


class Secretary:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.heard = []
        self.terminator = b"\n"
        self.take = self.take_title

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode  # pieces may end within characters
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, self.terminator)
                text = decode(data, complete)
                if text:
                    self.collect_incoming_data(text)
                if self.terminator and isinstance(self.terminator, int):
                    self.terminator -= len(data)  # so many bytes are still missing
                if complete:
                    self.found_terminator()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        finally:
            self.writer.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data.encode(errors="surrogateescape"))

    def collect_incoming_data(self, data):
        log.debug("heard %r", data)
        self.heard.append(data)

    def found_terminator(self):
        text, self.heard = "".join(self.heard), []
        self.take(text)

    def take_title(self, text):
        self.title, _, length = text.partition(" ")
        self.terminator = checked_terminator(int(length))
        self.take = self.take_text

    def take_text(self, text):
        accents = text.count("é") + text.count("è")
        self.push("%s: %s, %d accents\n" % (self.title, text, accents))
        self.terminator = b"\n"
        self.take = self.take_title


class Letterbox:
    """On its way to Python 3: all but its terminator is decoded, or encoded."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.writer.write("Letters, please\r\n".encode("utf-8"))

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\r\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def found_terminator(self, letter):
        line = letter.decode("utf-8")
        self.writer.write(("Kept: %s\r\n" % line).encode("utf-8"))


class Echo:
    """Encodes only, which Python 2 let it."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                frame = await read_until(self.reader, b"\r\n")
                self.found_terminator(frame.decode(errors="surrogateescape"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def found_terminator(self, line):
        self.answer("Again: %s" % line)

    def answer(self, line):
        self.writer.write(("%s\r\n" % line).encode("utf-8", "ignore"))


class Office:
    def __init__(self, port, kind):
        self.kind = kind
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        if self.kind == "letters":
            await Letterbox(reader, writer).run()
        elif self.kind == "echoes":
            await Echo(reader, writer).run()
        else:
            await Secretary(reader, writer).run()


async def read_piece(reader, writer, unread, terminator, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size, complete = len(unread), False
    if terminator and isinstance(terminator, int):  # the length in bytes
        size, complete = min(size, terminator), size >= terminator
    elif terminator and terminator in unread:
        size, complete = unread.find(terminator), True
    elif terminator:  # it may have come in part
        begun = (n for n in range(len(terminator) - 1, 0, -1) if unread.endswith(terminator[:n]))
        size -= next(begun, 0)
    piece = bytes(unread[:size])
    del unread[:size]
    if complete and not isinstance(terminator, int):
        del unread[: len(terminator)]
    if not piece and not complete:
        received = await reader.read(limit)
        if not received:
            raise asyncio.IncompleteReadError(b"", None)
        if not writer.is_closing():  # we handle nothing more once we are closing
            unread += received
    return piece, complete


def checked_terminator(terminator):
    """Return *terminator*, unless it is a negative length, which asynchat refused as well."""
    if isinstance(terminator, int) and terminator < 0:
        raise ValueError("the length of a frame cannot be negative")
    return terminator


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


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    office = Office(int(sys.argv[1]), "dictation")
    letters = Office(int(sys.argv[2]), "letters")
    echoes = Office(int(sys.argv[3]), "echoes")
    asyncio.run(run_all(office.serve_forever(), letters.serve_forever(), echoes.serve_forever()))
