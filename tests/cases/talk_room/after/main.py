"""A chat of Python 2's time: whatever is said is text. Runs on Python 2.7; not on 3, where asynchat wants bytes."""

import asyncio
import logging
import socket
import sys


class EndSession(Exception):
    pass


class CommandHandler:
    """Finds the method for a command."""

    def unknown(self, session, command):
        session.push("What is %s?\r\n" % command)

    def handle(self, session, line):
        if not line.strip():
            return
        command, _, rest = line.partition(" ")
        method = getattr(self, "do_" + command, None)
        if method is None:
            self.unknown(session, command)
        else:
            method(session, rest.strip())


class Room(CommandHandler):
    def __init__(self, server):
        self.server = server
        self.guests = []

    def add(self, session):
        self.guests.append(session)

    def remove(self, session):
        self.guests.remove(session)

    def broadcast(self, line):
        for guest in self.guests:
            guest.push(line)

    def do_leave(self, session, rest):
        raise EndSession


class Lobby(Room):
    def add(self, session):
        Room.add(self, session)
        self.broadcast("Welcome to %s\r\n" % self.server.name)

    def unknown(self, session, command):
        session.push('Please say "name" and yours\r\n')

    def do_name(self, session, rest):
        if rest in self.server.users:
            session.push("There is a %s already\r\n" % rest)
        else:
            session.name = rest
            session.enter(self.server.parlour)


class Parlour(Room):
    def add(self, session):
        self.broadcast(session.name + " comes in\r\n")
        self.server.users[session.name] = session
        Room.add(self, session)

    def remove(self, session):
        Room.remove(self, session)
        self.broadcast(session.name + " has left\r\n")

    def do_say(self, session, rest):
        self.broadcast(session.name + ": " + rest + "\r\n")

    def do_who(self, session, rest):
        session.push(", ".join(guest.name for guest in self.guests) + "\r\n")


class Street(Room):
    def add(self, session):
        self.server.users.pop(session.name, None)


class Guest:
    def __init__(self, server, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.server = server
        self.name = None
        self.room = None
        self.enter(Lobby(server))

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                frame = await receive_until(self.reader, unread, b"\r\n")
                self.found_terminator(frame.decode(errors="surrogateescape"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data.encode(errors="surrogateescape"))
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def enter(self, room):
        if self.room is not None:
            self.room.remove(self)
        self.room = room
        room.add(self)

    def found_terminator(self, line):
        try:
            self.room.handle(self, line)
        except EndSession:
            self.handle_close()

    def handle_close(self):
        self.close()
        self.enter(Street(self.server))


class House:
    def __init__(self, port, name):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.name = name
        self.users = {}
        self.parlour = Parlour(self)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        await Guest(self, reader, writer).run()


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


if __name__ == "__main__":
    house = House(int(sys.argv[1]), "the house")
    try:
        asyncio.run(house.serve_forever())
    except KeyboardInterrupt:
        pass
