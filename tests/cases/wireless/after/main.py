"""A wireless station: its operators use send(), past asynchat's queue, and the relay has an encoding of its own."""

import asyncio
import logging
import socket
import sys


class Operator:
    """Repeats what it hears, and tells the others."""

    def __init__(self, reader, writer, station):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.station = station
        station.operators.append(self)
        self.send(b"station open\n")

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def send(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.writer.is_closing():
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def found_terminator(self, message):
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


class Relay:
    """Passes on what comes over the wire, which is not asynchat's to encode."""

    def __init__(self, station):
        self.reader = self.writer = None
        self.station = station

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            return
        unread = bytearray()  # received behind what was handled
        try:
            self.handle_connect()
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.close()

    def close(self):
        if self.writer is not None:
            self.writer.close()

    def dial(self, port, encoding="utf-16-be"):
        self.encoding = encoding
        self.addr = ("127.0.0.1", port)

    def handle_connect(self):
        self.writer.write(b"relay, " + "hallo".encode(self.encoding) + b"\n")

    def found_terminator(self, data):
        text = data.decode()
        self.station.tell(None, text.encode(self.encoding))


class Station:
    def __init__(self, port):
        self.operators = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Operator(reader, writer, self).run()

    def tell(self, speaker, message):
        for operator in list(self.operators):
            if operator is not speaker:
                operator.send(b"> " + message + b"\n")


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def receive_until(reader, unread, terminator):
    """Return the data before *terminator*, however long; *unread* keeps what was received behind it."""
    searched = 0
    while (size := unread.find(terminator, searched)) < 0:
        searched = max(len(unread) - len(terminator) + 1, 0)
        if not (received := await receive_some(reader)):
            raise asyncio.IncompleteReadError(bytes(unread), None)
        unread += received
    data, unread[: size + len(terminator)] = bytes(unread[:size]), b""
    return data


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    station = Station(int(sys.argv[1]))
    relay = Relay(station)
    relay.dial(int(sys.argv[2]))
    asyncio.run(run_all(station.serve_forever(), relay.run()))
