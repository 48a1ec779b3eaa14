"""Sluices whose sockets are set up elsewhere: one is told from outside that it listens, the others know."""

import asyncio
import socket
import sys


class Boat:
    """Is let through, and says how many went before it."""

    def __init__(self, reader, writer, sluice="upper"):
        self.reader = reader
        self.writer = writer
        self.sluice = sluice

    async def run(self):
        """Answer frame by frame until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"!"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        finally:
            self.writer.close()

    def found_terminator(self, name):
        self.writer.write(name + b" passes the " + self.sluice.encode() + b" sluice\n")


class Upper:
    def __init__(self, sock):
        self.socket = sock

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        await Boat(reader, writer).run()


class Lower:
    """Closes for good behind the second boat."""

    def __init__(self, name, sock):
        self.socket = sock
        self.socket.listen(5)
        self.name = name
        self.boats = 0

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accept(self, reader, writer):
        if not self.server.is_serving():  # it closed when it got another connection
            writer.transport.abort()
            return
        self.boats += 1
        if self.boats == 2:
            self.close()
        await Boat(reader, writer, self.name).run()


class Side:
    def __init__(self, gate):
        self.socket = gate
        print("side gate open", gate.getsockname()[0], flush=True)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Boat(reader, writer, "side").run()


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


def gate(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    sock.listen(8)
    return sock


if __name__ == "__main__":
    upper = Upper(gate(int(sys.argv[1])))
    server1 = Lower("lower", gate(int(sys.argv[2])))
    server2 = Side(gate(int(sys.argv[3])))
    asyncio.run(run_all(upper.serve_forever(), server1.serve_forever(), server2.serve_forever()))
