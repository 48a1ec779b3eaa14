"""A front desk that keeps whom it let in last; written when Python 2 was still about."""
import asyncio
import logging
import socket
import sys

PY3 = sys.version_info[0] >= 3


class Guest:
    """Speaks text."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def send(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def handle_read(self, data):
        try:
            if PY3:
                words = data.decode("ascii")
            else:
                words = data
            if not words:
                return
            answer = "you are %s\n" % words.strip()
            self.send(answer.encode("ascii") if PY3 else answer)
        except UnicodeError as error:
            print("pardon:", error.reason)
            self.send(b"pardon?\n")

    def handle_close(self):
        print("a guest leaves")
        self.close()


class Caller:
    """Counts, from nothing each time."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        finally:
            self.writer.close()

    def handle_read(self, data):
        vowels, others = 0, 0
        for byte in data:
            if byte in b"aeiou":
                vowels += 1
            else:
                others += 1
        self.writer.write(b"%d and %d\n" % (vowels, others))


class Desk:
    guest = None

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        self.address = writer.get_extra_info("peername")
        writer.write(b"welcome\n")
        session = Guest(reader, writer)
        self.enter("guest")
        await session.run()

    def enter(self, kind):
        print("a %s from %s" % (kind, self.address[0]))


class SideDoor(Desk):
    async def handle_accept(self, reader, writer):
        self.address = writer.get_extra_info("peername")
        self.enter("caller")
        await Caller(reader, writer).run()


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


server1 = Desk(int(sys.argv[1]))
server2 = SideDoor(int(sys.argv[2]))
print("open")
try:
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
except KeyboardInterrupt:
    print("closed")
