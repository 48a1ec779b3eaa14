"""Two watchmen who report to a guard room, and go back to it when they are sent away."""

import asyncio
import logging
import socket
import sys
import time


class Watchman:
    """Starts anew each time: what he had heard of an order is forgotten."""

    def __init__(self, address, nights):
        self.reader = self.writer = None
        self.connecting = False
        self.closed = False
        self.address = address
        self.nights = nights
        self.rounds = 0
        self.order = []
        self.go_on_duty()

    async def run(self):
        """Connect, as often as there is to be a connection."""
        while self.connecting:
            self.connecting = False
            await self.run_connection()

    async def run_connection(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        unread = bytearray()  # received behind what was handled
        try:
            self.handle_connect()
            if self.connecting:  # another one, and no more is heard of this one
                return
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, b"\r\n")
                if data:
                    self.collect_incoming_data(data)
                if complete:
                    self.found_terminator()
                if self.connecting:  # another one, and no more is heard of this one
                    return
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            if self.writer.transport.get_write_buffer_size():
                self.writer.transport.abort()
            self.writer.close()

    def go_on_duty(self):
        self.nights -= 1
        self.order = []
        self.addr = self.address
        self.reader = self.writer = None
        self.closed = False
        self.connecting = True

    def handle_connect(self):
        self.push(b"on duty, %d nights left\r\n" % self.nights)

    def collect_incoming_data(self, data):
        self.order.append(data)

    def found_terminator(self):
        order = b"".join(self.order)
        self.order = []
        if order == b"round":
            self.rounds += 1
            self.push(b"round %d\r\n" % self.rounds)
        elif order == b"change":
            self.close()
            self.go_on_duty()
        elif order == b"home":
            self.nights = 0
            self.push(b"good night\r\n")
            self.writer.close()

    def handle_close(self):
        self.close()
        print("sent away,", self.nights, "nights left")
        if self.nights > 0:
            self.go_on_duty()


class Sentry:
    """Never told to go and come back, so that all he needs is the whole order."""

    def __init__(self, address):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.connecting = False
        self.closed = False
        self.address = address
        self.left = 2
        self.post()

    async def run(self):
        """Connect, as often as there is to be a connection."""
        while self.connecting:
            self.connecting = False
            await self.run_connection()

    async def run_connection(self):
        """Connect, and answer line by line until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            self.unsent.clear()
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
        """Send *data*, as soon as there is a connection."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def post(self):
        self.addr = self.address
        self.reader = self.writer = None
        self.closed = False
        self.connecting = True
        self.push(b"who goes there?\n")

    def found_terminator(self, password):
        self.push(b"pass, " + password + b"\n")

    def handle_close(self):
        self.close()
        self.left -= 1
        if self.left:
            self.post()
        else:
            print("the gate is shut")


class Apprentice:
    """Remembers what he heard, also of another night."""

    def __init__(self, address, patience=2):
        self.reader = self.writer = None
        self.connecting = False
        self.closed = False
        self.address = address
        self.patience = patience
        self.heard = b""
        self.report()

    async def run(self):
        """Connect, as often as there is to be a connection."""
        while self.connecting:
            self.connecting = False
            await self.run_connection()

    async def run_connection(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            self.handle_error()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        try:
            self.writer.write(self.words)
            self.handle_connect()
            while data := await self.reader.read(1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:  # noqa: BLE001
            self.handle_error()
            return
        if not self.closed:
            self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def report(self):
        self.words = b"reporting\n"
        self.addr = self.address
        self.reader = self.writer = None
        self.closed = False
        self.connecting = True

    def handle_connect(self):
        print("apprentice is in")

    def handle_read(self, data):
        self.heard += data

    def handle_error(self):
        print("apprentice finds", sys.exc_info()[0].__name__)
        self.handle_close()

    def handle_close(self):
        self.close()
        if self.patience:
            self.patience -= 1
            time.sleep(0.01)
            self.report()
        else:
            print("apprentice heard", self.heard.decode("ascii"))


async def read_piece(reader, writer, unread, delimiter, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size, complete = unread.find(delimiter), delimiter in unread
    if not complete:  # the delimiter may have come in part
        begun = (n for n in range(len(delimiter) - 1, 0, -1) if unread.endswith(delimiter[:n]))
        size = len(unread) - next(begun, 0)
    piece = bytes(unread[:size])
    del unread[: size + len(delimiter) if complete else size]
    if not piece and not complete:
        received = await reader.read(limit)
        if not received:
            raise asyncio.IncompleteReadError(b"", None)
        if not writer.is_closing():  # we handle nothing more once we are closing
            unread += received
    return piece, complete


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


def main():
    sys.stdin.readline()  # the night begins
    client1 = Watchman(("127.0.0.1", int(sys.argv[1])), 3)
    client2 = Sentry(("127.0.0.1", int(sys.argv[3])))
    client3 = Apprentice(("127.0.0.1", int(sys.argv[2])))
    asyncio.run(run_all(client1.run(), client2.run(), client3.run()))


if __name__ == "__main__":
    main()
