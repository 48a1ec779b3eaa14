"""Two ways to say one thing and close."""
import asyncio
import contextlib
import socket
import sys

chimes = []


class Hour:
    """Says how often it has been asked."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Send what is queued, then close."""
        ignoring = asyncio.create_task(self.ignore_input())
        try:
            self.handle_write()
            self.writer.transport.set_write_buffer_limits(high=0)  # drain() waits for the last byte
            await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            ignoring.cancel()
            self.writer.close()

    async def ignore_input(self):
        """Read and drop what the peer says: left unread, it would turn the close into a reset."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65536):
                pass

    def handle_write(self):
        chimes.append("ding")
        self.writer.write(b"%d\r\n" % len(chimes))


class Plate:
    def __init__(self, reader, writer, text):
        self.reader = reader
        self.writer = writer
        self.writer.write(text.encode())  # in letters of brass

    async def run(self):
        """Send what is queued, then close."""
        ignoring = asyncio.create_task(self.ignore_input())
        try:
            self.writer.transport.set_write_buffer_limits(high=0)  # drain() waits for the last byte
            await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            ignoring.cancel()
            self.writer.close()

    async def ignore_input(self):
        """Read and drop what the peer says: left unread, it would turn the close into a reset."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65536):
                pass


class Tower:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Hour(reader, writer).run()


class Gate:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Plate(reader, writer, "closed on Mondays\n" * 60_000).run()


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


tower = Tower(int(sys.argv[1]))
gate = Gate(int(sys.argv[2]))
asyncio.run(run_all(tower.serve_forever(), gate.serve_forever()))
