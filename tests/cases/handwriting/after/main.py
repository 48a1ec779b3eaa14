"""Three hands at one desk: what they write is the usual, how they write it is not."""

import asyncio
import socket
import sys


class Copyist:
    def __init__(me, reader, writer):
        me.reader = reader
        me.writer = writer
        me.connected = True
        me.lines = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await self.reader.read(4096)
                if not data:
                    break
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            if self.connected:
                self.close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def handle_read(me, data):
        me.lines += data.count(b"\n")
        if data == b"!":
            me.writer.write(b"%d\n" % me.lines)
            me.close()
        else:
            me.writer.write(data)


class Notary:
    """Seals what it gets, and says so while there is something to say."""

    def __init__(this, reader, writer):
        this.reader = reader
        this.writer = writer
        this.connected = True
        this.writer.write(b"sealed here\n")

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(4096):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            if self.connected:
                self.close()

    def close(self):
        self.connected = False
        self.writer.close()

    def handle_read(this, data):
        this.writer.write(data.replace(b"\n", b" (sealed)\n"))


class Clerk:
    def __init__(s, reader, writer, desk):
        s.reader = reader
        s.writer = writer
        s.desk = desk

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

    def found_terminator(s, line):
        s.desk.lines += 1
        s.push(b"%d: %s\n" % (s.desk.lines, line))
        if line == b"that is all":
            s.writer.close()


class Desk:
    """Errors have never been seen here; if there is one, it closes."""

    hand = None

    def __init__(this, port):
        this.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(this, reader, writer):
        await this.hand(reader, writer).run()


class CopyDesk(Desk):
    hand = Copyist


class SealDesk(Desk):
    hand = Notary


class ClerksDesk(Desk):
    lines = 0

    async def handle_accepted(this, reader, writer):
        await Clerk(reader, writer, this).run()


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
    server1 = CopyDesk(int(sys.argv[1]))
    server2 = SealDesk(int(sys.argv[2]))
    server3 = ClerksDesk(int(sys.argv[3]))
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever(), server3.serve_forever()))
