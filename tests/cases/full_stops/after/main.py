"""Ends of output: clients that have said all they had to say, and a server that answers for as long as it likes."""
import asyncio
import logging
import socket
import sys


class Lookup:
    """Waits to be asked, says that this was all, and prints what comes."""

    def __init__(self, port, question):
        self.reader = self.writer = None
        self.closed = False
        self.question = question
        self.lines = []
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, b"\r\n")
                if data:
                    self.collect_incoming_data(data)
                if complete:
                    self.found_terminator()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if not self.closed and self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def collect_incoming_data(self, data):
        self.lines.append(data)

    def found_terminator(self):
        line = b"".join(self.lines).decode()
        self.lines = []
        if line == "?":
            self.ask()
        else:
            print("line", line, flush=True)

    def ask(self):
        self.push(self.question.encode() + b"\r\n")
        self.writer.write_eof()

    def handle_close(self):
        print("end", b"".join(self.lines), flush=True)
        self.close()


class Upload:
    """Sends what it is given, and waits for the receipt."""

    def __init__(self, port, data):
        self.reader = self.writer = None
        self.data = data
        self.receipt = b""
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            self.handle_close()
            return
        try:
            await self.flush()
            while data := await self.reader.read(8192):
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

    def close(self):
        if self.writer is not None:
            self.writer.close()

    def writable(self):
        return len(self.data) > 0

    def handle_write(self):
        self.writer.write(self.data)
        self.data = b""
        self.writer.write_eof()  # all is sent

    def handle_read(self, data):
        self.receipt += data

    def handle_close(self):
        self.close()
        print("receipt", self.receipt, flush=True)


class Reader:
    """Repeats what it hears in capitals, up to a full stop; goes on listening."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.heard = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(8192):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
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
        self.heard += len(data)
        if b"." in data:
            self.send(data.upper())
            self.writer.write_eof()

    def handle_close(self):
        self.close()
        print("heard", self.heard, flush=True)


class Server:
    def __init__(self, port):
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
        if not self.server.is_serving():  # it closed when it got another connection
            writer.transport.abort()
            return
        self.close()  # one is enough
        await Reader(reader, writer).run()


async def read_piece(reader, writer, unread, delimiter, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size, complete = unread.find(delimiter), delimiter in unread
    if not complete:  # the delimiter may have come in part
        begun = (n for n in range(len(delimiter) - 1, 0, -1) if unread.endswith(delimiter[:n]))
        size = len(unread) - next(begun, 0)
    piece = bytes(unread[:size])
    del unread[: size + len(delimiter) if complete else size]
    if not piece and not complete:
        received = await reader.read(limit)
        if not received:
            raise asyncio.IncompleteReadError(b"", None)
        if not writer.is_closing():  # we handle nothing more once we are closing
            unread += received
    return piece, complete


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    port, elsewhere = map(int, sys.argv[1:])
    server = Server(port)
    client1 = Lookup(elsewhere, "who is it")
    client2 = Upload(elsewhere, b"0123456789" * 200)
    asyncio.run(run_all(server.serve_forever(), client1.run(), client2.run()))
    print("done")
