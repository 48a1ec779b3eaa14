"""What is said at the desk (TCP) goes to everybody who listens (UDP); only the last word counts."""
import asyncio
import socket
import struct
import sys


class Loudspeaker(asyncio.DatagramProtocol):
    def __init__(self, port):
        self.listeners = []
        self.words = b""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.transport = None  # until it receives
        self.socket.bind(("127.0.0.1", port))
        self.say(b"testing")

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
        if self.socket.fileno() < 0:  # closed meanwhile
            transport.close()
        self.flush()

    def connection_lost(self, exc):
        if not self.finished.done():
            self.finished.set_result(None)

    def datagram_received(self, data, addr):
        try:
            self.handle_read(data[:512], addr)
            self.flush()
        except Exception:  # noqa: BLE001
            self.handle_error()

    def flush(self):
        """Send what there is to send."""
        try:
            while not self.transport.is_closing() and self.writable():
                self.handle_write()
        except Exception:  # noqa: BLE001
            self.handle_error()

    def close(self):
        if self.transport is not None:
            self.transport.close()
        self.socket.close()

    def say(self, words):
        self.words = words
        if self.transport is not None:
            asyncio.get_running_loop().call_soon(self.flush)

    def handle_read(self, words, listener):
        if words == b"fail":
            self.words = "no bytes"
        elif listener not in self.listeners:
            self.listeners.append(listener)
            self.words = b"%d listen" % len(self.listeners)

    def writable(self):
        return len(self.words) > 0

    def handle_write(self):
        for listener in self.listeners:
            self.socket.sendto(struct.pack("!H", len(self.words)) + self.words, listener)
        self.words = b""

    def handle_error(self):
        print("out of order:", sys.exc_info()[0].__name__)
        self.close()


class Speaker:
    def __init__(self, reader, writer, desk):
        self.reader = reader
        self.writer = writer
        self.desk = desk

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
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

    def found_terminator(self, words):
        if words == b"good night":
            self.desk.close()
            self.writer.transport.abort()
        else:
            self.desk.loudspeaker.say(b"unheard")
            self.desk.loudspeaker.say(words)
            self.push(b"said\n")


class Desk:
    def __init__(self, port, loudspeaker):
        self.loudspeaker = loudspeaker
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accepted(self, reader, writer):
        await Speaker(reader, writer, self).run()


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


def main():
    loudspeaker = Loudspeaker(int(sys.argv[2]))
    server = Desk(int(sys.argv[1]), loudspeaker)
    print("on")
    asyncio.run(run_all(loudspeaker.serve_forever(), server.serve_forever()))


if __name__ == "__main__":
    main()
