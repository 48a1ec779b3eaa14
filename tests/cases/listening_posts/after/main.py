"""A radio over which a thread speaks that reads from the keyboard."""

import asyncio
import logging
import socket
import sys
import threading


class Radio:
    """What is said to it comes from another thread than what it hears."""

    def __init__(self, host, port):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.finished = False
        self.loop = asyncio.new_event_loop()  # other threads ask it
        self.closed = False
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
            self.writer.write(b"".join(self.unsent))
            if self.finished:
                self.writer.close()
            while True:
                self.found_terminator(await read_until(self.reader, b"\r\n"))
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
        if self.finished:
            return  # nothing comes behind the end
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if not self.closed and gone:
            self.handle_close()

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        if self.writer is None:
            self.finished = True  # as soon as there is a connection
        else:
            self.writer.close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def found_terminator(self, heard):
        text = heard.decode()
        print("heard", text, flush=True)

    def say(self, text):
        self.push(text.encode() + b"\r\n")

    def handle_close(self):
        print("silence", flush=True)
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


def read_keyboard(radio):
    for line in sys.stdin:
        radio.loop.call_soon_threadsafe(radio.say, line.rstrip())
    radio.loop.call_soon_threadsafe(radio.push, b"out\r\n")
    radio.loop.call_soon_threadsafe(radio.close_when_done)


def main(port):
    radio = Radio("127.0.0.1", port)
    reader = threading.Thread(target=read_keyboard, args=(radio,))
    reader.start()
    radio.loop.run_until_complete(radio.run())
    reader.join()
    print("over", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
