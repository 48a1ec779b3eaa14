"""Tells stories line by line, for as long as they are, and listens meanwhile."""
import asyncio
import logging
import socket
import sys


def story(lines):
    yield b"once upon a time\n"
    for number in range(lines):
        yield b"%d and then\n" % number
    yield b"the end\n"


class Listener:
    """One child in front of the teller."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.wishes = b""
        self.story = None
        self.sentence = b""

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            await self.take_turns()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    async def take_turns(self):
        """Handle what has come, then send what there is to send, in turns."""
        reading = asyncio.ensure_future(self.reader.read(1024))
        try:
            while not self.writer.is_closing():
                has_output = self.writable()
                if has_output:
                    await asyncio.sleep(0)  # for what has come already
                else:
                    await asyncio.wait([reading])
                if reading.done():
                    data = reading.result()
                    if not data:
                        break
                    self.handle_read(data)
                    reading = asyncio.ensure_future(self.reader.read(1024))
                if has_output and not self.writer.is_closing():
                    self.handle_write()
                await self.writer.drain()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    def handle_read(self, data):
        self.wishes += data
        while b"\n" in self.wishes:
            wish, self.wishes = self.wishes.split(b"\n", 1)
            if wish == b"another one":
                self.story = story(3)
            else:
                self.story = story(int(wish))

    def writable(self):
        return self.story is not None

    def handle_write(self):
        if not self.sentence:
            try:
                self.sentence = next(self.story)
            except StopIteration:
                self.story = None
                return
        self.writer.write(self.sentence)
        self.sentence = b""

    def handle_close(self):
        print("asleep")
        self.writer.close()


class StoryHour:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Listener(reader, writer).run()


asyncio.run(StoryHour(int(sys.argv[1])).serve_forever())
