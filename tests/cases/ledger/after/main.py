"""A ledger: binary records in, the balance out. Records arrive in any pieces."""
import asyncio
import logging
import socket
import struct
import sys

RECORD = struct.Struct("!HI")  # length of the name, amount


class Clerk:
    """Reads records off one connection."""

    def __init__(self, reader, writer, ledger):
        self.reader = reader
        self.writer = writer
        self.ledger = ledger
        self.inbox = b""
        self.written = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(512):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def handle_read(self, data):
        self.inbox += data
        while len(self.inbox) >= RECORD.size:
            size, amount = RECORD.unpack(self.inbox[:RECORD.size])
            end = RECORD.size + size
            if len(self.inbox) < end:
                break
            name = self.inbox[RECORD.size:end].decode()
            self.inbox = self.inbox[end:]
            self.enter(name, amount)

    def enter(self, name, amount):
        # every record is answered with the balance of its name
        if name == "error":
            raise ValueError(amount)
        self.written += 1
        self.ledger[name] = self.ledger.get(name, 0) + amount
        self.writer.write(struct.pack("!I", self.ledger[name]))

    def handle_close(self):
        print("clerk wrote", self.written)
        self.writer.close()


class Lines:
    """The same in text."""

    def __init__(self, reader, writer, ledger):
        self.reader = reader
        self.writer = writer
        self.ledger = ledger
        self.text = b""

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
        self.text += data
        while True:
            line, newline, rest = self.text.partition(b"\n")
            if not newline:
                break
            self.text = rest
            self.writer.write(b"%d\n" % self.ledger.get(line.decode(), 0))


class Counter:
    session = Clerk

    def __init__(self, port, ledger):
        self.ledger = ledger
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await self.session(reader, writer, self.ledger).run()


class Window(Counter):
    session = Lines


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


def main():
    ledger = {}
    server1 = Counter(int(sys.argv[1]), ledger)
    server2 = Window(int(sys.argv[2]), ledger)
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))


if __name__ == "__main__":
    main()
