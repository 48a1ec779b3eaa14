"""A post office: every counter has its own way to write, and most close when all is said."""
import asyncio
import io
import logging
import socket
import sys

log = logging.getLogger("counters")

LIMIT = 65536
SHELF = {b"forms": b"form " * 30000, b"stamps": b"stamp"}


def written(speech):
    return speech.decode("ascii", "replace").strip()


class Window:
    """Answers one question, and closes when the answer has gone out."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.question = b""
        self.answer = b""
        self.answered = False

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing() and self.readable():
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

    def readable(self):
        return not self.answered

    def handle_read(self, data):
        self.question += data
        if self.question.endswith(b"?"):
            self.answer = b"no, not " + self.question[:-1] + b"\n"
            self.answered = True

    def writable(self):
        return len(self.answer) > 0

    def handle_write(self):
        self.writer.write(self.answer)
        self.answer = b""
        self.writer.close()


class Scales:
    """Adds up, line by line; has a list of pieces to send."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.total = 0
        self.received = b""
        self.to_send = [b"grams?\n"]
        self.closing_down = False

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            await self.flush()
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

    def writable(self):
        return bool(self.to_send) or self.closing_down

    def handle_write(self):
        if self.to_send:
            piece = self.to_send.pop(0)
            self.writer.write(piece)
            if not self.to_send:
                log.debug("said all")
        elif self.closing_down:
            print("weighed", self.total)
            self.writer.close()

    def handle_read(self, data):
        self.received += data
        while b"\n" in self.received:
            line, self.received = self.received.split(b"\n", 1)
            if line:
                self.total += int(line)
                self.to_send.append(b"%d so far\n" % self.total)
            else:
                self.closing_down = True


class Store:
    """Fetches one thing from the shelf and sends it piece by piece."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.wish = b""
        self.thing = None
        self.piece = b""

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await receive_some(self.reader, 256)
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
        self.wish += data
        if self.wish.endswith(b"\n"):
            if self.wish.strip() not in SHELF:
                self.writer.close()
                return
            self.thing = io.BytesIO(SHELF[self.wish.strip()])

    def writable(self):
        return self.thing is not None

    def handle_write(self):
        if not self.piece:
            self.piece = self.thing.read(4096)
            if not self.piece:
                self.writer.close()
                return
        self.writer.write(self.piece)
        self.piece = b""


class Notices:
    """Reads out what it has, and listens to nobody."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.notices = iter([b"closed on sundays\n", b"no dogs\n"])

    async def run(self):
        """Send what there is to send, until either side closes."""
        try:
            await self.flush()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    async def flush(self):
        """Send what there is to send, as the peer takes it."""
        while not self.writer.is_closing():
            self.handle_write()
            await self.writer.drain()

    def handle_write(self):
        try:
            self.writer.write(next(self.notices))
        except StopIteration:
            print("read out")
            self.writer.close()


class Telegraph:
    """Sends back what it gets, upside down; does not read while too much is unsent."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 8192):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def handle_read(self, data):
        self.writer.write(data[::-1])

    def handle_close(self):
        print("cut off")
        self.writer.close()


class Typist:
    """Types what it is told to, into a bytearray."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.type(b"go on\n")

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 8192):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def type(self, data):
        self.writer.write(data)

    def handle_read(self, data):
        self.type(data.upper())


class Pigeonhole:
    """Keeps what it gets, and tells at the end, though nobody is there to hear."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.kept = []

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await receive_some(self.reader, 1024)
                if not data:
                    break
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            if self.connected:
                self.close()
            return
        if self.connected:
            self.close()
            self.handle_read(b"")  # the end, which recv() returned like any other data

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def handle_read(self, data):
        if data:
            self.kept.append(data)
            self.writer.write(b"kept\n")
            if data.endswith(b"."):
                self.close()
        else:
            print("kept", sys.getsizeof(self.kept) > 0, b"".join(self.kept).decode())
            self.close()


class Herald:
    """Has something to say before anything has come, and joins what it says then."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.writer.write(bytearray(b"hear, hear\n"))
        self.heard = b""

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def handle_read(self, data):
        self.heard += data
        while b"\n" in self.heard:
            line, self.heard = self.heard.split(b"\n", 1)
            self.writer.write(line.title() + b"!\n")


class Queue:
    """Sends a list in one go; a number at a time, as many as one wants, and hangs up."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.waiting = []
        self.asked = b""
        self.last = False

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await receive_some(self.reader, 64)
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

    def writable(self):
        return self.waiting or self.last

    def handle_read(self, data):
        self.asked += data
        if self.asked.endswith(b"\n"):
            self.waiting.extend(b"%d " % number for number in range(int(self.asked)))
            self.last = True

    def handle_write(self):
        while self.waiting:
            number = self.waiting.pop(0)
            self.writer.write(number)
        if self.last:
            self.writer.close()


class Teller:
    """Closes once out_buffer is empty."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.writer.write(b"account?\n")
        self.told = False

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await receive_some(self.reader, 1024)
                if not data:
                    break
                self.handle_read(data)
                await self.flush()
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    async def flush(self):
        """Send what there is to send, as the peer takes it."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()
            await self.writer.drain()

    def handle_read(self, account):
        if account and not self.told:
            self.writer.write(account.rstrip() * 50000 + b"\n")
            self.told = True

    def writable(self):
        return self.told

    def handle_write(self):
        if self.told:
            print("told")
            self.writer.close()


class Sorter:
    """Takes letters in at one end of a list and out at the other, a few bytes at a time."""

    width = 8

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.shelf = []
        self.sorted = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 256):
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
        waits = bool(self.shelf)
        log.debug("writable: %s", waits)
        return waits

    def handle_read(self, letters):
        self.shelf.insert(0, letters)

    def handle_write(self):
        letters = self.shelf.pop()
        self.writer.write(letters)
        log.debug("sent %d: %r", len(letters), letters)

    def handle_close(self):
        print("sorted all")
        self.writer.close()


class Caller:
    """Calls out what others post; keeps the last, unfinished line."""

    callers = []

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.rest = b""
        self.callers.append(self)

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def handle_read(self, data):
        self.rest += data
        lines = self.rest.split(b"\n")
        self.rest = lines[-1]
        for line in lines[:-1]:
            for caller in self.callers:
                caller.call(line)

    def call(self, line):
        if not self.writer.is_closing():
            self.writer.write(line + b"!")


class Tank:
    """Lets nothing in while it is full, until it is nearly empty."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.level = bytearray()
        self.is_full = False

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while self.readable() and (data := await receive_some(self.reader, 4096)):
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

    def readable(self):
        return not self.is_full

    def writable(self):
        return bool(self.level)

    def handle_read(self, data):
        self.level += data
        self.is_full = len(self.level) > 8192

    def handle_write(self):
        self.writer.write(self.level[:2048])
        del self.level[:2048]
        if self.is_full and len(self.level) < 1024:
            self.is_full = False


class Crier:
    """Cries out what it hears, in short breaths, of which it keeps a log."""

    breath = 8

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.speech = b"oyez\n"
        self.heard = b""

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            await self.flush()
            while data := await receive_some(self.reader, 1024):
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
        speaks = len(self.speech) > 0
        if speaks:
            log.debug("will speak: %s", speaks)
        return speaks

    def handle_read(self, data):
        self.heard += data
        while b"\n" in self.heard:
            line, self.heard = self.heard.split(b"\n", 1)
            self.speech += line.title() + b"!\n"

    def handle_write(self):
        log.debug("has to say: %s", self.speech)
        piece = self.speech[:self.breath]
        self.writer.write(piece)
        log.debug("said %d: %s", len(piece), written(piece))
        self.speech = self.speech[self.breath:]


class Counter:

    def __init__(self, port, make):
        self.make = make
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await self.make(reader, writer).run()


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


ports = [int(port) for port in sys.argv[1:]]
server1 = Counter(ports[0], Window)
server2 = Counter(ports[1], Scales)
server3 = Counter(ports[2], Store)
server4 = Counter(ports[3], Notices)
server5 = Counter(ports[4], Telegraph)
server6 = Counter(ports[5], Typist)
server7 = Counter(ports[6], Pigeonhole)
server8 = Counter(ports[7], Herald)
server9 = Counter(ports[8], Queue)
server10 = Counter(ports[9], Teller)
server11 = Counter(ports[10], Sorter)
server12 = Counter(ports[11], Caller)
server13 = Counter(ports[12], Tank)
server14 = Counter(ports[13], Crier)
asyncio.run(
    run_all(
        server1.serve_forever(),
        server2.serve_forever(),
        server3.serve_forever(),
        server4.serve_forever(),
        server5.serve_forever(),
        server6.serve_forever(),
        server7.serve_forever(),
        server8.serve_forever(),
        server9.serve_forever(),
        server10.serve_forever(),
        server11.serve_forever(),
        server12.serve_forever(),
        server13.serve_forever(),
        server14.serve_forever(),
    )
)
