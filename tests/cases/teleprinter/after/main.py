"""A teleprinter: what is typed, or comes in a datagram, is put into the output of its one line."""
import asyncio
import logging
import os
import socket
import sys


class Line:
    def __init__(self, port):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False
        self.keyboard = None  # until there is one
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            self.handle_connect()
            while not self.closed:
                data = await self.reader.read(4096)
                if not data:
                    break
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
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_connect(self):
        print("connected")

    def handle_read(self, data):
        print("printed", data.decode().rstrip())

    def handle_close(self):
        print("line closed")
        self.close()
        self.keyboard.close()


class Keyboard(asyncio.Protocol):
    def __init__(self, line, wire):
        self.file = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
        self.line = line
        self.wire = wire

    async def read_forever(self):
        """Read until the file ends, or close() is called."""
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        await loop.connect_read_pipe(lambda: self, self.file)
        await self.finished

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, exc):
        if not self.finished.done():
            self.finished.set_result(None)

    def data_received(self, data):
        try:
            while data and not self.transport.is_closing():
                self.handle_read(data[:4096])
                data = data[4096:]
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the file")
            self.handle_close()

    def eof_received(self):
        self.handle_close()

    def close(self):
        self.transport.close()

    def handle_read(self, data):
        self.line.send(data.upper())

    def handle_close(self):
        print("nobody types any more")
        self.close()


class Wire(asyncio.DatagramProtocol):
    """Hears of what others want to have said."""

    def __init__(self, port, line):
        self.line = line
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", port))

    async def serve_forever(self):
        """Receive datagrams until close() is called."""
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
            self.handle_read(data[:512], addr)
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the socket")
            self.close()

    def close(self):
        self.transport.close()

    def handle_read(self, data, address):
        if data == b"stop":
            self.close()
            return
        self.line.send(b"from the wire: " + data + b"\n")
        self.socket.sendto(b"noted", address)


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


def main():
    line = Line(int(sys.argv[1]))
    wire = Wire(int(sys.argv[2]), line)
    line.keyboard = Keyboard(line, wire)
    asyncio.run(run_all(line.run(), wire.serve_forever(), line.keyboard.read_forever()))
    print("switched off")


main()
