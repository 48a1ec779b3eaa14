"""Lost property: a flag says that there is something to hand out, a note is made of all that goes, and one asks."""
import asyncio
import collections
import logging
import socket
import sys


class Shelf:
    """Says with a flag that it has something, and asks for that more than once."""

    def __init__(self, reader, writer):
        self.found = b""
        self.is_open = False
        self.handed = 0
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(64):
                self.handle_read(data)
                await self.flush()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    async def flush(self):
        """Send what there is to send, as the peer takes it."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()
            await self.writer.drain()

    def writable(self):
        return self.is_open

    def handle_read(self, data):
        self.found += data.upper()
        self.is_open = True

    def handle_write(self):
        if self.found:
            piece = self.found
            self.writer.write(piece)
            self.handed += len(piece)
            self.found = b""
        else:
            print("nothing here")
        if len(self.found) == 0:
            self.is_open = False

    def handle_close(self):
        print("handed out", self.handed)
        self.writer.close()


class Clerk:
    """Makes a note of all before it goes."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.things = collections.deque()
        self.heard = b""
        self.written = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(64):
                self.handle_read(data)
                await self.flush()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    async def flush(self):
        """Send what there is to send, as the peer takes it."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()
            await self.writer.drain()

    def writable(self):
        return len(self.things) > 0

    def handle_read(self, data):
        self.heard += data
        *things, self.heard = self.heard.split(b"\n")
        self.things.extend(things)

    def handle_write(self):
        self.note(len(self.things))
        thing = self.things.popleft()
        self.writer.write(b"%d: %s\n" % (self.written, thing))

    def note(self, waiting):
        self.written += 1
        print("note", self.written)


class Inquirer:
    """Puts its question together, step by step."""

    def __init__(self, address, what):
        self.reader = self.writer = None
        self.addr = address
        self.question = "have you seen my %s" % what
        if what.endswith("s"):
            self.question += ", both of them"
        self.question = (self.question + "?\n").encode("ascii")

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            return
        try:
            self.writer.write(self.question)
            while data := await self.reader.read(64):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            self.close()
            return
        self.close()
        self.handle_read(b"")  # the end, which recv() returned like any other data

    def close(self):
        if self.writer is not None:
            self.writer.close()

    def handle_read(self, data):
        print("answer:", data.decode("ascii").strip())


class Office:
    def __init__(self, port, make):
        self.make = make
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await self.make(reader, writer).run()


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    server1 = Office(int(sys.argv[1]), Shelf)
    server2 = Office(int(sys.argv[2]), Clerk)
    client = Inquirer(("127.0.0.1", int(sys.argv[3])), "gloves")
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever(), client.run()))
