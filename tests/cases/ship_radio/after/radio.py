import asyncio
import logging
import socket

from orders import ORDERS


class Radio:
    """Talks to the station, line by line."""

    def __init__(self, call_sign):
        self.reader = self.writer = None
        self.closed = False
        self.connected = False
        self.call_sign = call_sign

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            self.handle_connect()
            self.connected = True
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
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if not self.closed and gone:
            self.handle_close()

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        self.writer.close()

    def close(self):
        self.closed = True
        self.connected = False
        if self.writer is not None:
            self.writer.close()

    def call_station(self, address):
        print("hailing the station")
        self.hail(address)

    def hail(self, address):
        self.addr = address

    def on_air(self):
        return "on air" if self.connected else "off"

    def handle_connect(self):
        self.say("THIS IS " + self.call_sign)
        print("called,", self.on_air())

    def handle_close(self):
        print("lost, still", self.on_air())
        self.connected = False
        self.close()
        print("now", self.on_air())

    def found_terminator(self, heard):
        word, _, rest = heard.decode("ascii").partition(" ")
        if word == "REPEAT":
            self.call_sign += "*"
            self.handle_connect()
        elif word in ORDERS:
            ORDERS[word](self, rest)

    def say(self, text):
        self.push(text.encode("ascii") + b"\n")


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
