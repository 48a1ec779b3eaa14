"""Two doors of one hall: whoever opens them sets up their sockets."""
import asyncio
import socket
import sys


class Visit:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(512):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def handle_read(self, data):
        self.writer.write(data.upper())


class Door:
    def __init__(self, name):
        self.name = name
        self.count = 0

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
        if not self.server.is_serving():  # it closed when it got another connection
            writer.transport.abort()
            return
        self.count += 1
        print(self.name, "of", self.addr[0], "lets in visitor", self.count, flush=True)
        session = Visit(reader, writer)
        if self.count == 2:
            print(self.name, "is shut", flush=True)
            self.close()
        await session.run()


class Hatch:
    """Looks who it is, and nothing else."""

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        addr = writer.get_extra_info("peername")
        print("somebody from", addr[0], "is at the hatch", flush=True)
        writer.close()


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


def main():
    front = Door("front")
    front.addr = ("127.0.0.1", int(sys.argv[1]))
    front.socket = socket.create_server(front.addr, backlog=5)
    back = Door("back")
    back.socket = socket.socket()
    back.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    print("opening in", front.socket.family.name, flush=True)
    back.addr = ("127.0.0.1", int(sys.argv[2]))
    back.socket.bind(back.addr)
    back.socket.listen(1)
    hatch = Hatch()
    hatch.socket = socket.create_server(("127.0.0.1", int(sys.argv[3])), backlog=5)
    asyncio.run(run_all(front.serve_forever(), back.serve_forever(), hatch.serve_forever()))


if __name__ == "__main__":
    main()
