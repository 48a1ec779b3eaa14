"""Texts on demand: short ones are pushed, long ones come from producers, as fast as they are read."""
import asyncio
import socket
import sys

SHELF = {b"haiku": b"old pond\nfrog leaps in\nwater's sound\n"}


class Volume:
    """A long text, made up line by line; `left` is what nobody has asked for yet."""

    def __init__(self, lines):
        self.left = lines

    def more(self):
        if not self.left:
            return b""
        self.left -= 1
        if not self.left:
            print("read to the end")
        return b"%06d %s\n" % (self.left, b"." * 200)


class Torn:
    def more(self):
        raise OSError("page missing")


class Reader:
    lent = []

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.push(b"welcome\n")

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                await self.found_terminator(await read_until(self.reader, b"\n"))
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

    async def send_all(self, producer):
        """Send what *producer* has, asking it for more as the peer takes it."""
        self.writer.transport.set_write_buffer_limits(high=0)  # drain() waits until all has gone out
        while not self.writer.is_closing() and (data := producer.more()):
            self.writer.write(data)
            await self.writer.drain()

    async def found_terminator(self, request):
        title, _, number = request.partition(b" ")
        if title in SHELF:
            self.push(SHELF[title])
        elif title == b"volume":
            found = await self.lend(int(number or b"3"))
            self.push(b"that was %d\n" % found)
        elif title == b"torn":
            self.push(b"here it is\n")
            await self.send_all(Torn())
        elif title == b"left":
            self.push(b"%d\n" % sum(volume.left > 0 for volume in self.lent))
        elif title == b"last":
            await self.lend(2)
            self.writer.close()
        else:
            self.push(b"no such title\n")

    async def lend(self, lines):
        """Send a volume, with its title page in front."""
        self.push(b"Volume of %d\n" % lines)
        volume = Volume(lines)
        self.lent.append(volume)
        # as the reader reads
        await self.send_all(volume)
        return lines


class Library:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Reader(reader, writer).run()


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


asyncio.run(Library(int(sys.argv[1])).serve_forever())
