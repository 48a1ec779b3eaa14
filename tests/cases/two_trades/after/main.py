import asyncio
import logging
import socket
import sys


class Craft:
    """Works through orders, line by line."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        Craft.push(self, b"open\n")

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            if self.connected:
                self.handle_close()
        except Exception:  # noqa: BLE001
            self.handle_error()

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

    def handle_error(self):
        logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def handle_close(self):
        self.close()

    def found_terminator(self, order):
        if order == b"stop":
            self.close()
        elif order == b"enough":
            self.push(b"goodbye\n")
            self.close_when_done()
        elif order == b"hours":
            Craft.push(self, b"all day\n")
        else:
            self.work(order)


class Baker(Craft):
    """Says what becomes of things."""

    def work(self, order):
        self.push(b"%d loaves\n" % int(order))

    def push(self, data):
        print("baker sends", len(data), flush=True)
        super().push(data)

    def handle_error(self):
        print("baker erred", flush=True)
        self.handle_close()

    def handle_close(self):
        print("baker done", flush=True)
        self.close()


class Smith(Craft):
    """Leaves all that to the base class."""

    def work(self, order):
        self.push(b"%d nails\n" % int(order))


class Shop:
    craft = Smith

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await self.craft(reader, writer).run()


class Bakery(Shop):
    craft = Baker


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
    server1 = Bakery(int(sys.argv[1]))
    server2 = Shop(int(sys.argv[2]))
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
