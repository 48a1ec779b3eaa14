"""An observatory: a picture is drawn fifty times a second, and what the telescope has said since is in it."""
import asyncio
import logging
import socket
import sys


class Telescope:
    def __init__(self, address):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False
        self.seen = []
        self.addr = address
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(self.addr[0])

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            self.handle_connect()
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
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)
        if not self.closed and self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def handle_connect(self):
        self.seen.append("light")

    def found_terminator(self, data):
        self.seen.append(data.decode())

    def handle_close(self):
        self.seen.append("dark")
        self.close()

    def pump(self):
        seen, self.seen = self.seen, []
        return seen


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


def watch(address):
    telescope = Telescope(address)
    frames = 0

    async def serve():
        nonlocal frames
        serving = asyncio.create_task(telescope.run())
        is_night = True
        while is_night:
            frames += 1
            await asyncio.sleep(0.02)
            for what in telescope.pump():
                print(what, flush=True)
                if what == "light":
                    telescope.push(b"what is there\r\n")
                elif what.startswith("star"):
                    telescope.push(b"and behind " + what.encode() + b"\r\n")
                elif what == "dark":
                    is_night = False
        serving.cancel()

    asyncio.run(serve())
    return frames


if __name__ == "__main__":
    frames = watch(("127.0.0.1", int(sys.argv[1])))
    print("more than one" if frames > 1 else "one", "frame")
