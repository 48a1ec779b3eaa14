"""A parrot that comes back when it is thrown out."""
import asyncio
import logging
import socket
import sys
import time


class Parrot:

    done = False

    def __init__(self, name):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False
        self.name = name
        self.say("I am %s" % name)

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
            self.handle_connect()
            while True:
                self.found_terminator(await read_until(self.reader, "\n".encode()))
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
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if not self.closed and gone:
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            if self.writer.transport.get_write_buffer_size():
                self.writer.transport.abort()
            self.writer.close()

    def fly_to(self, host, port):
        self.addr = (host, port)

    def say(self, text):
        self.push(text.encode() + b"\n")

    def handle_connect(self):
        self.say("krah")

    def found_terminator(self, words):
        text = words.decode("utf-8", "replace")
        if text == "shoo":
            Parrot.done = True
            self.say("I go")
            self.writer.close()
        elif text == "off":
            self.close()
        else:
            self.say(text + " " + text)

    def handle_close(self):
        print("no more of", self.name)
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


def main(port):
    flights = 0
    while not Parrot.done and flights < 5:
        flights += 1
        parrot = Parrot("polly%d" % flights)
        parrot.fly_to("127.0.0.1", port)
        try:
            asyncio.run(parrot.run())
        except KeyboardInterrupt:
            print("caught")
            break
        time.sleep(0.01)
    print(flights, "flights")


main(int(sys.argv[1]))
