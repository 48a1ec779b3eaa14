"""An archive: `get NAME` answers with a heading, the text block by block, and a footer."""
import asyncio
import logging
import socket
import sys

TEXTS = {"note": b"milk, bread", "book": b"It was a dark and stormy night. " * 100_000}


class Blocks:
    """A text in blocks of a given size."""

    def __init__(self, text, size):
        self.text = text
        self.size = size
        self.at = 0

    def more(self):
        block = self.text[self.at:self.at + self.size]
        self.at += self.size
        return block


class Archivist:

    def __init__(self, reader, writer, served):
        self.reader = reader
        self.writer = writer
        self.served = served
        self.short = {"n": self.do_names, "g": self.do_get}
        self.push(b"+ archive\r\n")

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                await self.found_terminator(await read_until(self.reader, b"\r\n"))
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
        while not self.writer.is_closing() and (data := producer.more()):
            self.writer.write(data)
            await self.writer.drain()

    async def found_terminator(self, order):
        words = order.decode("ascii").split()
        if not words:
            return
        if words[0] in self.short:
            await self.short[words[0]](*words[1:])
        else:
            await self.obey(*words)

    async def obey(self, word, *rest):
        name = f"do_{word}"
        if not hasattr(self, name):
            self.push(b"- what?\r\n")
            return
        command = getattr(self, name)
        try:
            await command(*rest)
        except TypeError:
            self.push(b"- how?\r\n")

    async def do_names(self):
        for name in sorted(TEXTS):
            self.push(name.encode() + b"\r\n")

    async def do_get(self, name, size="512"):
        if name in TEXTS:
            self.served.append(name)
            await self.give(TEXTS[name], int(size))
        else:
            self.push(b"- no such text\r\n")

    async def give(self, text, size):
        self.push(b"+ %d\r\n" % len(text))
        await self.send_all(Blocks(text, size))
        await self.send_all(Blocks(b"\r\n--\r\n", 3))

    async def do_served(self):
        self.push(b"%d\r\n" % len(self.served))

    async def do_bye(self):
        self.push(b"+ bye\r\n")
        self.writer.close()

    do_quit = do_bye


class Porter:
    """Some of what he is told to do is nothing but to let somebody go."""

    def __init__(self, reader, writer, served):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.served = served
        self.orders = {
            b"hours": lambda: self.push(b"9 to 5\n"),
            b"busy": self.do_busy,
            b"bye": self.close_when_done,
            b"out": self.close,
        }

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                is_open = self.connected
                frame = await read_until(self.reader, b"\n")
                if is_open and not self.connected:
                    break  # another one has closed it meanwhile
                self.found_terminator(frame)
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
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        if self.writer.transport.get_write_buffer_size():
            self.writer.transport.abort()
        self.writer.close()

    def found_terminator(self, order):
        self.push(b"+\n")
        self.orders.get(order, self.close_when_done)()

    def do_busy(self):
        self.push(b"%d\n" % len(self.served))

    def handle_close(self):
        print("let go", flush=True)
        self.close()


class Archive:

    def __init__(self, port):
        self.served = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Archivist(reader, writer, self.served).run()


class Gate(Archive):
    async def handle_accepted(self, reader, writer):
        await Porter(reader, writer, self.served).run()


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
    server1 = Archive(int(sys.argv[1]))
    server2 = Gate(int(sys.argv[2]))
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
