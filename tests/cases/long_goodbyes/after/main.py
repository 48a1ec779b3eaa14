"""Visitors who are told that they have left, and left standing in the door."""

import asyncio
import logging
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore, until_empty
import socket
import sys


class Visitor:
    """Its handle_close() does everything but close."""

    def __init__(self, reader, writer, house):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.house = house
        self.name = ""

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\r\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.handle_close()

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        if not self.writer.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_soon(self.end_session)  # the hook runs before the peer sees the end
        self.writer.close()

    def end_session(self):
        if self.connected:
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, line):
        line = line.decode()
        word, _, rest = line.partition(" ")
        if word == "name":
            self.name = rest
            self.house[rest] = self
        elif word == "tell":
            whom, _, what = rest.partition(" ")
            self.house[whom].hear(what)
        elif word == "bye":
            self.push(b"bye, " + self.name.encode() + b"\r\n")
            self.close_when_done()

    def hear(self, what):
        self.push(what.encode() + b"\r\n")

    def handle_close(self):
        if self.name in self.house:
            del self.house[self.name]
            print(self.name, "has left", flush=True)
        self.close()


class Clerk:
    """Sends past asynchat's queue, and closes when all is sent."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while not self.writer.is_closing():
                self.found_terminator(await read_until(self.reader, b"\n"))
                await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def found_terminator(self, command):
        self.writer.write(b"done: " + command + b"\n")
        self.writer.close()


class Doubtful(asynchat.async_chat):
    """Calls a handle_close() that leaves it open, and goes on: this one stays."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.told = 0
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.told += len(data)

    def found_terminator(self):
        self.handle_close()
        self.push(b"still here\n")

    def handle_close(self):
        print("told", self.told, flush=True)
        if self.told > 10:
            self.close()


class House:
    def __init__(self, port):
        self.visitors = {}
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Visitor(reader, writer, self.visitors).run()


class Office(House):
    async def handle_accepted(self, reader, writer):
        await Clerk(reader, writer).run()


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


class Doubts(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Doubtful(sock)


if __name__ == "__main__":
    server1 = House(int(sys.argv[1]))
    server2 = Office(int(sys.argv[2]))
    Doubts(int(sys.argv[3]))
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever(), until_empty()))
