"""Turnstiles that let some people in: whom they do not want, they simply let go of."""
import asyncio
import socket
import sys


class Visitor:
    def __init__(self, reader, writer, turnstile):
        self.ticket = turnstile.tickets.pop()
        self.turnstile = turnstile
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
        finally:
            self.writer.close()

    def found_terminator(self, word):
        if word == b"close":
            self.turnstile.is_open = False
        elif word == b"open":
            self.turnstile.is_open = True
        self.writer.write(b"%d: %s\n" % (self.ticket, word))


class Turnstile:
    def __init__(self, port):
        self.tickets = [3, 2, 1]
        self.is_open = True
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        if not self.is_open:
            print("closed for", addr[0])
            writer.close()
            return
        if not self.tickets:
            writer.close()
            return
        await Visitor(reader, writer, self).run()


class Gate(Turnstile):
    async def handle_accepted(self, reader, writer):
        if self.is_open and self.tickets:
            # come in
            await Visitor(reader, writer, self).run()
        writer.close()  # unless a session has


class Door(Turnstile):
    async def handle_accepted(self, reader, writer):
        if self.is_open:
            try:
                session = Visitor(reader, writer, self)
            except IndexError:
                print("full")
                writer.close()
                return
            await session.run()
        else:
            writer.write(b"closed\n")
            writer.close()


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


if __name__ == "__main__":
    ports = [int(word) for word in sys.argv[1:]]
    turnstile = Turnstile(ports[0])
    gate = Gate(ports[1])
    door = Door(ports[2])
    asyncio.run(run_all(turnstile.serve_forever(), gate.serve_forever(), door.serve_forever()))
