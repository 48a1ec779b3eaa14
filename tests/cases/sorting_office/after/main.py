"""A sorting office: what goes out is sent from lists, in halves, or letter by letter, each clerk after his fashion."""
import asyncio
import logging
import socket
import struct
import sys
from collections import deque

NAME, NUMBER, DONE = range(3)
LONGEST = 512


class Envelope:
    """Puts what it gets into an envelope: the address first, then the letter, and that is all."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.received = b""
        self.address = b""
        self.letter = b""

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
        return not self.letter

    def handle_read(self, data):
        self.received += data
        if self.received.endswith(b"\n"):
            self.address = b"to: the office\n"
            self.letter = self.received

    def writable(self):
        return len(self.address) + len(self.letter) > 0

    def handle_write(self):
        if self.address:
            self.writer.write(self.address)
            self.address = b""
        elif self.letter:
            self.writer.write(self.letter)
            self.letter = b""
            self.writer.close()


class Belt:
    """Takes one parcel after the other, and holds it until it is gone."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.parcels = deque()
        self.parcel = None
        self.received = b""
        self.weight = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1024):
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

    def handle_read(self, data):
        self.received += data
        while b";" in self.received:
            name, self.received = self.received.split(b";", 1)
            self.parcels.append(b"[")
            self.parcels.append(name)
            self.parcels.append(b"]")

    def writable(self):
        return self.parcel is not None or len(self.parcels) > 0

    def handle_write(self):
        if self.parcel is None:
            self.parcel = self.parcels.popleft()
        self.writer.write(self.parcel)
        self.weight += len(self.parcel)
        self.parcel = None

    def handle_close(self):
        print("carried", self.weight)
        self.writer.close()


class Sack:
    """Empties its sack in one go."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.fill(b"empty\n")

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

    def fill(self, data):
        self.writer.write(data)

    def handle_read(self, data):
        self.fill(data.upper())


class Bundle:
    """Ties up what it has, and sends that."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

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
        for letter in data.split():
            self.writer.write(letter + b"\n")


class Chute:
    """Never looks whether all has gone down."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

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
        self.writer.write(data[::-1])


class Cart:
    """Says what it unloads."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.cart = deque()
        self.is_full = False

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
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
        return self.is_full

    def handle_read(self, data):
        self.cart.append(data)
        self.is_full = data.endswith(b".")

    def handle_write(self):
        for piece in self.cart:
            print("unloads", len(piece) > 0)
            self.writer.write(piece)
        self.cart = deque()
        self.is_full = False


class Clerk:
    """Lets no mistake get out of handle_read()."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.received = b""

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
            self.received += data
            while b"\n" in self.received:
                line, self.received = self.received.split(b"\n", 1)
                self.send(b"%d grams\n" % int(line))
        except ValueError as error:
            print("no weight", type(error).__name__)

    def handle_close(self):
        print("clerk is free")
        self.close()


class Doorman:
    """Says that somebody is there before he looks who it is, even if it was nobody."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.knocks = 0

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
            if self.connected:
                self.handle_close()
            return
        if self.connected:
            self.handle_read(b"")  # the end, which was handled before it was known
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

    def handle_read(self, name):
        self.knocks += 1
        print("there is somebody")
        if name:
            self.send(b"come in, " + name)

    def handle_close(self):
        print("there was nobody", self.knocks > 0)
        self.close()


class Guard:
    """Hears nothing, but notes that there was something."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.heard = False

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1024):
                self.handle_read(data)
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            self.handle_close()
            return
        self.handle_read(b"")  # the end, which was handled before it was known
        self.handle_close()

    def handle_read(self, data):
        self.heard = True

    def handle_close(self):
        print("heard something:", self.heard)
        self.writer.close()


class Scales:
    """Weighs what goes out, however it does."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.weight = 0

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
        self.send_whole(b"[" + data)
        self.send_by_and_by(data + b"]")
        piece = b"\n"
        self.send(piece)
        self.weight += len(piece)
        piece = data[::-1] + b"\n"
        self.send(piece)
        print("sent", len(piece))

    def send_whole(self, data):
        self.send(data)

    def send_by_and_by(self, data):
        self.send(data)

    def handle_close(self):
        print("weighed", self.weight)
        self.close()


class File:
    """Knows how far it has come with what it sends."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.pages = b""
        self.at = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1):
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
        return self.at < len(self.pages)

    def handle_read(self, data):
        if data == b"p":
            self.pages += b"page " * 1000

    def handle_write(self):
        piece = self.pages[self.at : self.at + 512]
        self.writer.write(piece)
        self.at += len(piece)


class Slot:
    """Takes letters through a slot: first how long one is, then the letter, never more than that at once."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.head = b""
        self.length = None
        self.letter = b""
        self.letters = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while True:
                size = 2 - len(self.head) if self.length is None else self.length - len(self.letter)
                data = await receive_some(self.reader, max(size, 1))
                if size < 0:
                    raise ValueError("cannot read less than nothing")
                if not data or not size:  # to recv(0), whatever came was the end
                    break
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            if self.connected:
                self.handle_close()
            return
        if self.connected:
            self.handle_close()
            try:
                self.handle_read(b"")  # the end, which recv() returned like any other data
            except Exception:
                logging.getLogger(__name__).exception("uncaught exception, closing the connection")
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
        if self.length is None:
            self.head += data
            if len(self.head) == 2:
                self.length = struct.unpack(">h", self.head)[0]  # below zero, and nothing can be received
                self.head = b""
        else:
            self.letter += data
            if len(self.letter) == self.length:
                self.letters += 1
                print("letter", self.letters, self.letter)
                self.send(b"thanks for %d\n" % len(self.letter))
                self.letter = b""
                self.length = None

    def handle_close(self):
        print("slot shut")
        self.close()


class Hopper:
    """Takes all there is before it looks at it."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.grains = []

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 65536):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            self.handle_close()
            return
        self.handle_close()
        try:
            self.handle_read(b"")  # the end, which recv() returned like any other data
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            self.handle_close()

    def handle_read(self, grains):
        self.grains.append(grains)
        heap = b"".join(self.grains)
        if heap.endswith(b"\n"):
            self.grains = []
            self.writer.write(heap.replace(b"o", b"."))

    def handle_close(self):
        print("hopper empty")
        self.writer.close()


class Funnel:
    """Does the same with less."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.buffer = bytearray()

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 65536):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def handle_read(self, data):
        self.buffer.extend(data)
        while b"\n" in self.buffer:
            line, self.buffer = self.buffer.split(b"\n", 1)
            self.writer.write(line.upper() + b"\n")


class Echo:
    """Never asks whether there was anything; then send() tells it once more that nobody is there."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True

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
            if self.connected:
                self.handle_close()
            return
        if self.connected:
            self.handle_close()
            try:
                self.handle_read(b"")  # the end, which recv() returned like any other data
            except Exception:
                logging.getLogger(__name__).exception("uncaught exception, closing the connection")
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
        self.send(data)

    def handle_close(self):
        print("the echo is gone")
        self.close()


class Initial:
    """Wants the first letter, of nothing as well."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True

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
            if self.connected:
                self.handle_close()
            return
        if self.connected:
            self.handle_close()
            try:
                self.handle_read(b"")  # the end, which recv() returned like any other data
            except Exception:
                logging.getLogger(__name__).exception("uncaught exception, closing the connection")
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
        print("begins with", data[0] > 0)
        self.send(data[:1])

    def handle_close(self):
        print("no letter")
        self.close()


class Stamp:
    """Is always ready, looks then whether there is anything, and takes offence at what is too long."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.letters = deque()

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1024):
                self.handle_read(data)
                await self.flush()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    async def flush(self):
        """Send what there is to send, as the peer takes it."""
        while self.letters and not self.writer.is_closing():
            self.handle_write()
            await self.writer.drain()

    def handle_read(self, data):
        self.letters.append(data)

    def handle_write(self):
        if not self.letters:
            return
        letter = self.letters.popleft()
        if len(letter) > 100:
            raise ValueError("too long for a stamp")
        self.writer.write(letter)


class Circular:
    """Hands on what it reads to all others, who would take offence at what is longer than anybody can read."""

    readers = []

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.readers.append(self)

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, LONGEST):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()
        self.handle_read(b"")  # the end, which recv() returned like any other data

    def handle_read(self, page):
        for reader in self.readers:
            if reader is not self:
                reader.hand(page)

    def hand(self, page):
        if not self.writer.is_closing():
            self.writer.write(page)


class Inquiries:
    """Finds the answer when it is to be sent."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.heard = b""
        self.questions = []

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
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
        return bool(self.questions)

    def handle_read(self, data):
        self.heard += data
        *questions, self.heard = self.heard.split(b"?")
        self.questions.extend(questions)

    def handle_write(self):
        question = self.questions.pop(0)
        self.writer.write(self.answer(question.strip().lower()) + b".\n")

    def answer(self, question):
        return b"there" if question.startswith(b"where") else struct.pack("4s", b"soon")


class Register:
    """Takes a name, letter by letter, and a number."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.state = NAME
        self.name = b""

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1 if self.state == NAME else 2 if self.state == NUMBER else 1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()
        self.handle_read(b"")  # the end, which recv() returned like any other data

    def handle_read(self, data):
        if self.state == NAME:
            letter = data
            if letter == b":":
                self.state = NUMBER
            self.name += letter
        elif self.state == NUMBER:
            number = data
            self.writer.write(self.name + number + b"\n")
            self.state = DONE
        else:
            pass


class Desk:

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


servers = []
for port, make in zip(sys.argv[1:], [
    Envelope, Belt, Sack, Bundle, Chute, Cart, Clerk, Doorman, Guard, Scales, File, Slot, Hopper, Funnel,
    Echo, Initial, Stamp, Inquiries, Register, Circular,
]):
    servers.append(Desk(int(port), make))
asyncio.run(run_all(*(server.serve_forever() for server in servers)))
