"""An intercom: the desk listens to the keyboard, while a thread of its own listens to the other end."""
import asyncio
import logging
import socket
import sys
import threading


class Line:
    """Sends from a buffer of its own."""

    def __init__(self, port):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.loop = asyncio.new_event_loop()  # other threads ask it
        self.closed = False
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            while data := await self.reader.read(1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def send(self, data):
        """Send *data*, as soon as there is a connection."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def say(self, words):
        self.send(words.encode() + b"\n")

    def handle_read(self, data):
        print("heard", data.decode().strip(), flush=True)

    def handle_close(self):
        print("hung up", flush=True)
        self.close()


class Desk:
    def connect(self, port):
        self.line = Line(port)
        self.thread = threading.Thread(target=self.line.loop.run_until_complete, args=(self.line.run(),))
        self.thread.start()

    def pass_on(self, words):
        print("saying", words, flush=True)
        self.line.loop.call_soon_threadsafe(self.line.say, words)

    def run(self):
        self.connect(int(sys.argv[1]))
        for words in sys.stdin:
            self.pass_on(words.strip())
        self.thread.join()


Desk().run()
