"""A porter, and a bell for three rings. Both are closed again if nobody gives them a key."""

import asyncio
import logging
import socket
import sys


class Guest:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        finally:
            self.writer.close()

    def found_terminator(self, said):
        self.writer.write(b"good night, " + said + b"\n")


class Porter:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.server = None  # until it serves

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        if self.socket.fileno() < 0:
            return  # closed already
        self.server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        if self.server is None:
            self.socket.close()
        else:
            self.server.close()

    async def handle_accepted(self, reader, writer):
        await Guest(reader, writer).run()


class Bell(asyncio.DatagramProtocol):
    def __init__(self, port):
        self.rung = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.transport = None  # until it receives
        self.socket.bind(("127.0.0.1", port))

    async def serve_forever(self):
        """Receive datagrams until close() is called."""
        if self.socket.fileno() < 0:
            return  # closed already
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        await loop.create_datagram_endpoint(lambda: self, sock=self.socket)
        await self.finished

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, exc):
        if not self.finished.done():
            self.finished.set_result(None)

    def datagram_received(self, data, addr):
        try:
            self.handle_read(data[:100], addr)
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the socket")
            self.close()

    def close(self):
        if self.transport is not None:
            self.transport.close()
        self.socket.close()

    def handle_read(self, data, sender):
        self.rung += 1
        self.woken.set()
        self.socket.sendto(b"ring %d" % self.rung, sender)


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


async def pause(seconds, event):
    """Sleep, but no longer than until *event* is set."""
    event.clear()
    timer = asyncio.get_running_loop().call_later(seconds, event.set)
    await event.wait()
    timer.cancel()


def open_door(key):
    if not key.strip():
        raise LookupError("no key")
    print("open", flush=True)


def main():
    porter = Porter(int(sys.argv[1]))
    bell = Bell(int(sys.argv[2]))
    try:
        open_door(sys.stdin.readline())
    except LookupError as error:
        print("closed:", error, flush=True)
        porter.close()
        bell.close()
        return 3

    async def serve():
        bell.woken = asyncio.Event()
        serving = asyncio.create_task(run_all(porter.serve_forever(), bell.serve_forever()))
        running = True
        while running:
            await pause(0.5, bell.woken)
            if bell.rung >= 3:
                running = False
        serving.cancel()

    asyncio.run(serve())
    print("that is enough", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
