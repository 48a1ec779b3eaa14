"""Three ways to write an echo server by hand, one behind the other."""
import asyncio
import logging
import socket
import sys


wishes = 0


class Plain:
    """Sends at once."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def handle_read(self, data):
        self.writer.write(data)


class Buffered:
    """Sends when there is room."""

    limit = 65536

    def __init__(self, reader, writer, name):
        self.reader = reader
        self.writer = writer
        self.name = name

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(self.limit):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def handle_read(self, data):
        self.writer.write(self.name)
        self.writer.write(data)

    def handle_close(self):
        print("buffered gone")
        self.writer.close()


class Ready:
    """Has a buffer already."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await self.reader.read(8192)
                if not data:
                    break
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def handle_read(self, data):
        global wishes
        if data == b"quit":
            wishes += 1
            self.writer.write(b"as you wish, the %d." % wishes)
            self.writer.transport.abort()
        else:
            self.writer.write(data[::-1])


class Listener:

    def __init__(self, port, make):
        self.make = make
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        handler = self.make(reader, writer)
        await handler.run()


class NamedListener:

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        handler = Buffered(reader, writer, name=b"%s:" % addr[0].encode())
        print("from", addr[0])
        await handler.run()


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


ports = [int(word) for word in sys.argv[1:]]
server1 = Listener(ports[0], Plain)
server2 = Listener(ports[1], make=Ready)
server3 = NamedListener(ports[2])
asyncio.run(run_all(server1.serve_forever(), server2.serve_forever(), server3.serve_forever()))
