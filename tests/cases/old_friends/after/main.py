"""Friends are remembered as long as they are there: nothing but their connection holds them."""

import asyncio
import socket
import sys
import weakref


class Friend:
    by_name = weakref.WeakValueDictionary()

    def __init__(self, reader, writer, addr):
        self.reader = reader
        self.writer = writer
        self.name = "somebody"

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            error.__traceback__ = None  # the peer has gone; the reader keeps the error, but not us
        finally:
            self.writer.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def found_terminator(self, heard):
        verb, _, rest = heard.decode().partition(" ")
        if verb == "name":
            self.name = rest
            self.by_name[rest] = self
        elif verb == "greet" and rest in self.by_name:
            self.by_name[rest].push(b"%s greets you\n" % self.name.encode())
        elif verb == "bye":
            self.writer.close()
        self.push(b"%s\n" % ", ".join(sorted(self.by_name)).encode())

    def __del__(self):
        print("forgotten:", self.name)


class Notice:
    """Says what there is to say, and is gone."""

    def __init__(self, reader, writer, addr):
        self.reader = reader
        self.writer = writer
        self.writer.write(b"friends: %d\n" % len(Friend.by_name))

    async def run(self):
        """Send what is queued, then close."""
        ignoring = asyncio.create_task(self.ignore_input())
        try:
            self.writer.transport.set_write_buffer_limits(high=0)  # drain() waits for the last byte
            await self.writer.drain()
        except ConnectionError as error:
            error.__traceback__ = None  # the peer has gone; the reader keeps the error, but not us
        finally:
            ignoring.cancel()
            self.writer.close()

    async def ignore_input(self):
        """Read and drop what the peer says: left unread, it would turn the close into a reset."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError as error:
            error.__traceback__ = None  # the peer has gone; the reader keeps the error, but not us

    def __del__(self):
        print("taken down")


class House:
    def __init__(self, port, channel):
        self.channel = channel
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        await self.channel(reader, writer, addr).run()


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


if __name__ == "__main__":
    server1 = House(int(sys.argv[1]), Friend)
    server2 = House(int(sys.argv[2]), Notice)
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
