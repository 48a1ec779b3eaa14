"""Both ends of a protocol of lines: whoever uses them runs asyncore.loop()."""

import asyncio
import logging
import socket


class LineChannel:
    """What a server makes of each connection."""

    def __init__(self, reader, writer, handler):
        self.reader = reader
        self.writer = writer
        self.handler = handler

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

    def found_terminator(self, line):
        self.handler(self, line)

    def send_line(self, line):
        self.writer.write(line + b"\r\n")


class LineServer:
    """Calls *handler* with a channel and a line."""

    def __init__(self, host, port, handler):
        self.handler = handler
        self.socket = socket.create_server((host, port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        await LineChannel(reader, writer, self.handler).run()


class LineClient:
    """Keeps the lines that it gets; may be told to send some at any time."""

    def __init__(self, host, port):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.lines = []
        self.addr = (host, port)

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            return
        try:
            self.writer.write(b"".join(self.unsent))
            while True:
                self.found_terminator(await read_until(self.reader, b"\r\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
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

    def found_terminator(self, data):
        self.lines.append(data)

    def send_line(self, line):
        self.push(line + b"\r\n")


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
