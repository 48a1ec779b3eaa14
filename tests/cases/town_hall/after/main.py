"""A town hall: every door is opened in another way, and visitors are led in by whoever is there."""
import asyncio
import os
import socket
import sys


class Refused(Exception):
    pass


class Visitor:
    """Is told its number, and gets everything back."""

    def __init__(self, reader, writer, number):
        if number > 2:
            raise Refused("no room for %d" % number)
        self.reader = reader
        self.writer = writer
        self.writer.write(b"number %d\n" % number)

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def handle_read(self, data):
        self.writer.write(data)


class Clerk:
    """Adds numbers; the last line may be a part of one."""

    def __init__(self, reader, writer, addr):
        self.reader = reader
        self.writer = writer
        self.host = addr[0]
        self.rest = b""

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def send(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def handle_read(self, data):
        self.rest += data
        lines = self.rest.split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            self.send(b"%d\n" % sum(int(word) for word in line.split()))


class Listener:

    def __init__(self, port):
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


class FrontDoor(Listener):
    """Asks a method of its own for the visitor, and goes away after the second."""

    def __init__(self, port):
        Listener.__init__(self, port)
        self.visitors = []

    async def handle_accepted(self, reader, writer):
        if not self.server.is_serving():  # it closed when it got another connection
            writer.transport.abort()
            return
        visitor = self.make_visitor(reader, writer)
        self.visitors.append(visitor)
        if len(self.visitors) == 2:
            print("front door closed")
            self.close()
        await visitor.run()

    def make_visitor(self, reader, writer):
        return Visitor(reader, writer, len(self.visitors) + 1)


class BackDoor:
    """Has a method that leads visitors in; listens on a path, or on a port, once it is told to."""

    def __init__(self, where):
        self.where = where
        self.clerks = {}

    def start(self):
        if self.where.startswith("/"):
            if os.path.exists(self.where):
                os.unlink(self.where)
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.bind(self.where)
        else:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind(("127.0.0.1", int(self.where)))
        self.socket.listen(5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        await self.lead_in(reader, writer, writer.get_extra_info("peername"))

    async def lead_in(self, reader, writer, addr):
        clerk = Clerk(reader, writer, addr)
        self.clerks[len(self.clerks)] = clerk
        clerk.send(b"clerk %d\n" % len(self.clerks))
        await clerk.run()


class SideDoor(Listener):
    """Turns away visitors who cannot be made."""

    def __init__(self, port):
        Listener.__init__(self, port)
        self.visitors = 0

    async def handle_accepted(self, reader, writer):
        self.visitors += 1
        try:
            visitor = Visitor(reader, writer, self.visitors)
            print("welcome", self.visitors)
        except Refused as error:
            print("refused:", error)
            writer.close()
            return
        await visitor.run()


class Window(asyncio.DatagramProtocol):
    """Answers datagrams, and does not mind those that make no sense."""

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", port))
        self.answers = [(("127.0.0.1", port), b"7")]
        self.sum = 0

    async def serve_forever(self):
        """Receive datagrams until close() is called."""
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        await loop.create_datagram_endpoint(lambda: self, sock=self.socket)
        await self.finished

    def connection_made(self, transport):
        self.transport = transport
        try:
            while not self.transport.is_closing() and self.writable():
                self.handle_write()
        except Exception:  # noqa: BLE001
            self.handle_error()

    def connection_lost(self, exc):
        if not self.finished.done():
            self.finished.set_result(None)

    def datagram_received(self, data, addr):
        try:
            self.handle_read(data[:512], addr)
            while not self.transport.is_closing() and self.writable():
                self.handle_write()
        except Exception:  # noqa: BLE001
            self.handle_error()

    def close(self):
        self.transport.close()

    def handle_connect(self):
        print("never called")

    def handle_error(self):
        print("what?", sys.exc_info()[1])

    def handle_read(self, data, addr):
        host, port = addr
        self.sum += int(data)
        print("sum", self.sum)
        if self.sum > 7:
            self.answers.append(((host, port), b"%d" % self.sum))

    def writable(self):
        return len(self.answers) > 0

    def handle_write(self):
        address, answer = self.answers.pop(0)
        self.socket.sendto(answer, address)


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


front, back, side, window = sys.argv[1:]
server1 = FrontDoor(int(front))
door = BackDoor(back)
door.start()
server2 = SideDoor(int(side))
server3 = Window(int(window))
asyncio.run(
    run_all(
        server1.serve_forever(),
        door.serve_forever(),
        server2.serve_forever(),
        server3.serve_forever(),
    )
)
