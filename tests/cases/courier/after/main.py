"""A courier that hands over its letters when it has found the house, and takes the answers home."""
import asyncio
import logging
import socket
import sys


class Bag:
    """Letters, one at a time, as they are taken."""

    def __init__(self, count, size):
        self.count = count
        self.size = size

    def more(self):
        if not self.count:
            return b""
        self.count -= 1
        return b"letter %d %s\n" % (self.count, b"." * self.size)


class SimpleProducer:
    """Gives *data* a piece at a time."""

    def __init__(self, data, buffer_size=512):
        self.data = data
        self.buffer_size = buffer_size

    def more(self):
        piece, self.data = self.data[: self.buffer_size], self.data[self.buffer_size :]
        return piece


class Parcel(SimpleProducer):
    """Something big, a piece at a time."""

    def more(self):
        return SimpleProducer.more(self).upper()


class Courier:

    ac_out_buffer_size = 2000  # a letter at most

    def __init__(self, host, port, letters):
        self.reader = self.writer = None
        self.closed = False
        self.letters = letters
        self.addr = (host, port)

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            await self.handle_connect()
            while True:
                await self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if not self.closed and gone:
            self.handle_close()

    async def send_all(self, producer):
        """Send what *producer* has, asking it for more as the peer takes it."""
        while not self.writer.is_closing() and (data := producer.more()):
            self.writer.write(data)
            await self.writer.drain()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    async def handle_connect(self):
        print("found the house")
        self.push(b"%d letters\n" % self.letters)
        await self.hand_over(self.letters)

    async def hand_over(self, letters):
        # as they are taken
        await self.send_all(Bag(letters, self.ac_out_buffer_size - 100))

    async def found_terminator(self, answer):
        print("answer:", answer.decode())
        if answer == b"again":
            await self.hand_over(2)
            self.push(b"that is all\n")
        elif answer == b"parcel":
            await self.send_all(Parcel(b"parcel " * 500 + b"\n", buffer_size=1000))
        elif answer == b"bye":
            self.push(b"bye\n")
            self.writer.close()

    def handle_close(self):
        print("going home")
        self.close()


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


asyncio.run(Courier("127.0.0.1", int(sys.argv[1]), int(sys.argv[2])).run())
