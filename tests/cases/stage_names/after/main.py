"""Actors known by several names: hooks are methods that have another name, too."""
import asyncio
import logging
import socket
import sys


class Actor:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
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
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def found_terminator(self, heard):
        cue = heard.decode("ascii")
        getattr(self, "play_" + cue, self.play_nothing)()

    def play_bow(self):
        self.push(b"bows\n")

    play_curtsey = play_bow

    def play_nothing(self):
        self.push(b"looks around\n")

    def leave(self):
        """Off stage."""
        print("exit, pursued by a bear")
        self.close()

    handle_close = leave  # whoever else may want that
    play_exit = leave


class Stage:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Actor(reader, writer).run()


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


asyncio.run(Stage(int(sys.argv[1])).serve_forever())
