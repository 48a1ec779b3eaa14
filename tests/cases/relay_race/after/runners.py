"""Runners take over connections that others have made."""

import asyncio
import logging
import socket


class Runner:
    def __init__(self, sock, name):
        self.reader = self.writer = None
        self.sock = sock
        self.unsent = []  # until there is a connection
        self.closed = False
        self.name = name

    async def run(self):
        """Answer line by line until either side closes."""
        self.reader, self.writer = await asyncio.open_connection(sock=self.sock)
        try:
            self.writer.write(b"".join(self.unsent))
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if not self.closed and gone:
            self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def found_terminator(self, heard):
        line = heard.decode()
        self.told(line)

    def say(self, text):
        self.saying(text)
        self.push(text.encode() + b"\n")

    def handle_close(self):
        print(self.name, "has finished", flush=True)
        self.close()

    def told(self, line):
        """Do nothing: that is for subclasses."""

    def saying(self, text):
        """Do nothing: that is for subclasses."""


class Starter:
    """Makes its connection itself, and waits for it."""

    def __init__(self, port, others):
        self.reader = self.writer = None
        self.sock = self.meet(port)
        self.unsent = []  # until there is a connection
        self.others = others
        self.push(b"ready?")

    async def run(self):
        """Answer frame by frame until either side closes."""
        self.reader, self.writer = await asyncio.open_connection(sock=self.sock)
        try:
            self.writer.write(b"".join(self.unsent))
            while True:
                self.found_terminator(await read_until(self.reader, b"."))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.close()

    def push(self, data):
        """Send *data*, as soon as there is a connection."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)

    def close(self):
        if self.writer is not None:
            self.writer.close()

    def meet(self, port):
        sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        print("starter is there", flush=True)
        return sock

    def found_terminator(self, text):
        for other in self.others:
            other.say(text.decode())
        if text == b"go":
            self.push(b"gone.")
            self.writer.close()


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
