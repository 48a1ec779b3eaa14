"""High and low water: who hands on too much stops until the other end has let it flow, and who answers, too."""
import asyncio
import contextlib
import logging
import socket
import sys

HIGH, LOW = 64 * 1024, 16 * 1024


class Upper:
    def __init__(self, reader, writer, sea):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.lower = tasks.start(Lower(self, sea))

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await self.reader.read(4096)
                if not data or not self.connected:
                    break
                self.handle_read(data)
                await self.lower.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def send(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    async def drain(self):
        """Wait until the peer has taken what it was sent, or has gone."""
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def handle_read(self, water):
        self.lower.send(water)

    def handle_close(self):
        print("upper gate shut")
        self.close()
        self.lower.close()


class Lower:
    def __init__(self, upper, sea):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False
        self.upper = upper
        self.addr = sea
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(self.addr[0])

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
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
            while not self.closed:
                data = await self.reader.read(4096)
                if not data:
                    break
                self.handle_read(data)
                await self.upper.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def send(self, data):
        """Send *data*, as soon as there is a connection."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)

    async def drain(self):
        """Wait until the peer has taken what it was sent, or has gone."""
        if self.writer is not None:
            with contextlib.suppress(ConnectionError):
                await self.writer.drain()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_read(self, water):
        self.upper.send(water)

    def handle_close(self):
        print("lower gate shut")
        self.close()
        self.upper.close()


class Bank:
    """Either bank of a canal, which is told what to take, and has the other one wait."""

    def __init__(self, reader=None, writer=None):
        self.reader = reader
        self.writer = writer
        self.unsent = []  # until there is a connection
        self.closed = False
        self.across = None

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        if self.writer is None:  # not accepted, but to be made
            try:
                self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
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
            while not self.closed:
                data = await self.reader.read(4096)
                if not data:
                    break
                self.handle_read(data)
                await self.across.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            if not self.closed:
                self.handle_close()
            return
        if not self.closed:
            self.handle_close()
            try:
                self.handle_read(b"")  # the end, which recv() returned like any other data
            except Exception:
                logging.getLogger(__name__).exception("uncaught exception, closing the connection")
                self.handle_close()

    def send(self, data):
        """Send *data*, as soon as there is a connection."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)

    async def drain(self):
        """Wait until the peer has taken what it was sent, or has gone."""
        if self.writer is not None:
            with contextlib.suppress(ConnectionError):
                await self.writer.drain()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_read(self, data):
        self.across.take(data)

    def take(self, load):
        self.send(load)

    def handle_close(self):
        self.close()
        self.across.close()


class Hither(Bank):
    def __init__(self, reader, writer, sea):
        Bank.__init__(self, reader, writer)
        self.across = tasks.start(Thither(self, sea))


class Thither(Bank):
    def __init__(self, hither, sea):
        Bank.__init__(self)
        self.across = hither
        self.addr = sea
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(self.addr[0])


class Sluice:
    """Takes no more orders while it has not delivered the answers."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

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

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.writer.transport.abort()

    def found_terminator(self, order):
        self.push(order.upper() + b"\n")


class Drain:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.writer.write(b"drop by drop\n")

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await self.reader.read(1024)
                if not data:
                    break
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.writer.transport.abort()

    def handle_read(self, data):
        self.writer.write(data.lower())


class River:
    def __init__(self, port, sea):
        self.sea = sea
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accepted(self, reader, writer):
        await Upper(reader, writer, self.sea).run()


class Canal:
    def __init__(self, port, sea):
        self.sea = sea
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accepted(self, reader, writer):
        await Hither(reader, writer, self.sea).run()


class Ditch:
    def __init__(self, port, make):
        self.make = make
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accepted(self, reader, writer):
        await self.make(reader, writer).run()


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


class Tasks:
    """Clients and servers that run side by side, and may start more clients."""

    def __init__(self):
        self.waiting, self.running = [], set()
        self.ended = None  # a queue, once there is a loop

    def start(self, client):
        """Run *client* beside the others, at once or as soon as there is a loop; return it."""
        if self.ended is None:
            self.waiting.append(client)
        else:
            self.add(client.run())
        return client

    def add(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.running.add(task)
        task.add_done_callback(self.ended.put_nowait)

    async def run(self, *coroutines):
        """Run coroutines, and what is started, until the last of it has ended."""
        self.ended = asyncio.Queue()
        for coroutine in (*coroutines, *(client.run() for client in self.waiting)):
            self.add(coroutine)
        while self.running:
            self.running.remove(task := await self.ended.get())
            task.result()  # an error ends the program


tasks = Tasks()


sea, *ports = map(int, sys.argv[1:])
server1 = River(ports[0], ("127.0.0.1", sea))
server2 = Canal(ports[1], ("127.0.0.1", sea))
server3 = Ditch(ports[2], Sluice)
server4 = Ditch(ports[3], Drain)
asyncio.run(tasks.run(server1.serve_forever(), server2.serve_forever(), server3.serve_forever(), server4.serve_forever()))
