"""A notice board: readers have a queue each, the desk answers in text, and an errand is run elsewhere."""
import asyncio
import collections
import logging
import socket
import sys


class Reader:
    def __init__(self, board, reader, writer):
        self.reader = reader
        self.writer = writer
        self.board = board
        self.partial = b""

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def tell(self, letter):
        if not self.writer.is_closing():
            self.writer.write(letter)

    def handle_read(self, data):
        self.partial += data
        while b"\n" in self.partial:
            line, self.partial = self.partial.split(b"\n", 1)
            self.board.pin(self, line + b"\n")

    def handle_close(self):
        self.writer.close()
        self.board.readers.remove(self)


class Board:
    def __init__(self, port):
        self.readers = []
        self.notices = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        """A reader comes."""
        session = Reader(self, reader, writer)
        self.readers.append(session)
        print("%d reading" % len(self.readers), flush=True)
        await session.run()

    def pin(self, author, notice):
        self.notices.append(notice.decode())
        for reader in self.readers:
            if reader is not author:
                reader.tell(notice)


class Enquiry:
    """Answers in text, and may be told to end."""

    def __init__(self, reader, writer, board):
        self.reader = reader
        self.writer = writer
        self.board = board
        self.asked = ""
        self.answer = ""
        self.ending = False

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await receive_some(self.reader, 1024)
                if not data:
                    break
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

    def handle_read(self, data):
        self.asked += data.decode("ascii")
        while "\n" in self.asked:
            line, self.asked = self.asked.split("\n", 1)
            if line == "list":
                self.answer += "".join(self.board.notices) or "nothing\n"
            elif line == "bye":
                self.answer += "farewell\n"
                self.ending = True

    def writable(self):
        return self.answer != "" or self.ending

    def handle_write(self):
        self.writer.write(self.answer.encode("utf-8"))
        self.answer = ""
        if self.ending and not self.answer:
            self.writer.close()


class Desk:
    def __init__(self, port, board):
        self.board = board
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        try:
            if "shut\n" in self.board.notices:
                raise PermissionError("the desk is shut")
            session = Enquiry(reader, writer, self.board)
        except Exception:  # noqa: BLE001
            self.handle_error()
            writer.close()
            return
        await session.run()

    def handle_error(self):
        print("turned away:", sys.exc_info()[1], flush=True)


class Errand:
    """Asks one thing after the other; whatever comes behind the last answer, it has left."""

    def __init__(self, port, questions):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False
        self.questions = collections.deque(questions)
        self.heard = ""
        self.send(b"good day\n")
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            while not self.closed:
                data = await receive_some(self.reader, 512)
                if not data:
                    break
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.close()

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

    def handle_read(self, data):
        self.heard += data.decode()
        while "\n" in self.heard:
            line, self.heard = self.heard.split("\n", 1)
            print("heard", line, flush=True)
            if not self.questions:
                self.close()
                return
            self.send((self.questions.popleft() + "\n").encode())


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


board = Board(int(sys.argv[1]))
desk = Desk(int(sys.argv[2]), board)
errand = Errand(int(sys.argv[3]), ["how much", "what for"])
asyncio.run(run_all(board.serve_forever(), desk.serve_forever(), errand.run()))
