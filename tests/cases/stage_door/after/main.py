"""A theatre's doors: listeners that are told how to make their sessions, and that would not bear an error."""
import asyncio
import contextlib
import functools
import socket
import sys


class Visitor:
    def __init__(self, reader, writer, book, title="guest"):
        self.reader = reader
        self.writer = writer
        self.book = book
        self.title = title
        self.say("your name?")

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        finally:
            self.writer.close()

    def say(self, text):
        self.writer.write(text.encode() + b"\n")

    def found_terminator(self, words):
        name = words.decode()
        self.book.append(name)
        self.say("%s %s, number %d" % (self.title, name, len(self.book)))


class Critic(Visitor):
    """Whatever else a visitor is given, this one is handed on with it."""

    def __init__(self, *args, **kwargs):
        Visitor.__init__(self, *args, **kwargs)
        self.say("be kind")


class Mute:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.writer.write(b"...\n")

    async def run(self):
        """Send what is queued, then close."""
        ignoring = asyncio.create_task(self.ignore_input())
        try:
            self.writer.transport.set_write_buffer_limits(high=0)  # drain() waits for the last byte
            await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            ignoring.cancel()
            self.writer.close()

    async def ignore_input(self):
        """Read and drop what the peer says: left unread, it would turn the close into a reset."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65536):
                pass


class Shy(Mute):
    """Even more so."""


class Door:
    def __init__(self, port, admit):
        self.admit = admit
        self.inside = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen(5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        session = self.admit(reader, writer)
        self.inside.append(session)
        await session.run()


class OldDoor:
    """Made for Python 2 first, and for Python 3 later."""

    def __init__(self, port, book):
        self.book = book
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        addr = writer.get_extra_info("peername")
        await self.handle_accepted(reader, writer, addr)

    async def handle_accepted(self, reader, writer, addr):
        await admit_critic(reader, writer, self.book, addr).run()


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def receive_until(reader, unread, terminator):
    """Return the data before *terminator*, however long; *unread* keeps what was received behind it."""
    searched = 0
    while (size := unread.find(terminator, searched)) < 0:
        searched = max(len(unread) - len(terminator) + 1, 0)
        if not (received := await receive_some(reader)):
            raise asyncio.IncompleteReadError(bytes(unread), None)
        unread += received
    data, unread[: size + len(terminator)] = bytes(unread[:size]), b""
    return data


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


def admit_actor(reader, writer):
    """Actors have a book of their own."""
    return Visitor(reader, writer, actors, title="actor")


def admit_critic(reader, writer, book, addr):
    critic = Critic(reader, writer, book, title="critic from %s," % addr[0])
    critics.append(critic)
    return critic


guests, actors, critics = [], [], []
ports = [int(port) for port in sys.argv[1:]]
front = Door(ports[0], lambda reader, writer: Visitor(reader, writer, guests))
side = Door(ports[1], functools.partial(Visitor, book=guests, title="friend"))
back = Door(ports[2], admit=admit_actor)
press = OldDoor(ports[3], guests)
others = []
for port, kind in zip(ports[4:], (Mute, Shy)):
    try:
        others.append(Door(port, kind))
    except OSError as error:
        print("closed:", error)
if not others:
    sys.exit("nobody can come in")
asyncio.run(
    run_all(
        front.serve_forever(),
        side.serve_forever(),
        back.serve_forever(),
        press.serve_forever(),
        *(other.serve_forever() for other in others),
    )
)
