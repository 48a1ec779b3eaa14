"""Four hands at one desk: what they write is the usual, how they write it is not."""

import asyncio
import contextlib
import logging
import socket
import sys
import threading

PY3 = True if sys.version_info[0] >= 3 else False


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


class Inkwell:
    """Writes for whom it is lent to."""

    def writable(this):
        # nothing to say, nothing to do
        if not (len(this.out) > 0 or this.is_done):
            return False
        return True

    def handle_write(this):
        this.writer.write(bytes(this.out))
        this.out.clear()
        if this.is_done and not this.out:
            this.close()


class Notary(Inkwell):
    """Seals what it gets, and says so while there is something to say; a full stop is the last that it seals."""

    def __init__(this, reader, writer):
        this.reader = reader
        this.writer = writer
        this.connected = True
        this.out = bytearray(b"sealed here\n")
        this.is_done = False

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            await self.flush()
            while not self.writer.is_closing():
                data = await self.reader.read(4096)
                if not data:
                    break
                self.handle_read(data)
                await self.flush()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.close()

    async def flush(self):
        """Send what there is to send, as the peer takes it."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()
            await self.writer.drain()

    def close(self):
        self.connected = False
        self.writer.close()

    def handle_read(this, data):
        this.out.extend(data.replace(b"\n", b" (sealed)\n"))
        if data.endswith(b"."):
            this.is_done = True


class Clerk:
    """Has learnt to write in two ways, and has not forgotten the old one."""

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


class Typist:
    """Sends in capitals what comes, and does nothing without a name for it."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.lock = threading.Lock()

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(4096):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def handle_read(self, data):
        with contextlib.suppress(BlockingIOError):
            self.type_out(data.upper())

    def type_out(self, data):
        with self.lock:
            self.writer.write(data)


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


class TypingDesk:
    def __init__(this, port):
        this.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(this, reader, writer):
        await Typist(reader, writer).run()


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
    server4 = TypingDesk(int(sys.argv[4]))
    asyncio.run(
        run_all(
            server1.serve_forever(),
            server2.serve_forever(),
            server3.serve_forever(),
            server4.serve_forever(),
        )
    )
