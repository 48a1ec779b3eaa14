"""Carriers that take either road: to a path, or to a host and a port; sent off later than they are made."""
import asyncio
import logging
import os
import socket
import sys


class Carrier:

    def __init__(self, where):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.where = where

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        try:
            if isinstance(self.addr, tuple):
                self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
            else:
                self.reader, self.writer = await asyncio.open_unix_connection(self.addr)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            return
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

    def set_out(self):
        if ":" in self.where:
            host, port = self.where.split(":")
            self.addr = (host, int(port))
        else:
            self.addr = self.where
        self.push(b"what is new?\n")

    def found_terminator(self, brought):
        print("news:", brought.decode())
        self.push(b"thanks\n")
        self.writer.close()


class Rider:
    """Knows only the one road."""

    def __init__(self):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_unix_connection(self.addr)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            self.handle_connect()
            while data := await self.reader.read(1000):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def send(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def ride(self, path):
        self.addr = path
        self.send(b"a rider comes\n")

    def handle_connect(self):
        print("arrived")

    def handle_read(self, data):
        print("told", len(data))

    def handle_close(self):
        print("sent back")
        self.close()


class Walker:
    """Is told where to go by whoever sends him."""

    def __init__(self, message):
        self.reader = self.writer = None
        self.addr = None  # until it is told where to connect
        self.message = message

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            return
        try:
            self.handle_connect()
            while data := await self.reader.read(1000):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            self.close()
            return
        self.close()
        self.handle_read(b"")  # the end, which recv() returned like any other data

    def close(self):
        if self.writer is not None:
            self.writer.close()

    def handle_connect(self):
        self.writer.write(self.message)

    def handle_read(self, data):
        print("walker hears", len(data) > 0)


class Porter:

    def __init__(self, reader, writer, house):
        self.reader = reader
        self.writer = writer
        self.house = house

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def found_terminator(self, line):
        if line == b"what is new?":
            self.push(b"nothing\n")
        elif line == b"thanks":
            self.house.guests += 1
            self.push(b"x" * 7)
        else:
            self.push(b"no horses here")
            self.writer.close()


class House:

    def __init__(self, path):
        self.guests = 0
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(path)
        self.socket.listen(5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Porter(reader, writer, self).run()


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
    path = os.path.join(os.getcwd(), "house.sock")
    server = House(path)
    near = Carrier(path)
    far = Carrier(sys.argv[1])
    near.set_out()
    far.set_out()
    rider = Rider()
    rider.ride(path)
    walker = Walker(b"on foot\n")
    walker.addr = ("127.0.0.1", int(sys.argv[2]))
    asyncio.run(run_all(server.serve_forever(), near.run(), far.run(), rider.run(), walker.run()))


if __name__ == "__main__":
    main()
