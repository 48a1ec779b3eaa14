"""A chat of Python 2's time: whatever is said is text. Runs on Python 2.7; not on 3, where asynchat wants bytes."""

import asyncore
import socket
import sys
from asynchat import async_chat


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


class Guest(async_chat):
    def __init__(self, server, sock):
        async_chat.__init__(self, sock)
        self.server = server
        self.set_terminator("\r\n")
        self.data = []
        self.name = None
        self.room = None
        self.enter(Lobby(server))

    def enter(self, room):
        if self.room is not None:
            self.room.remove(self)
        self.room = room
        room.add(self)

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = "".join(self.data)
        self.data = []
        try:
            self.room.handle(self, line)
        except EndSession:
            self.handle_close()

    def handle_close(self):
        async_chat.handle_close(self)
        self.enter(Street(self.server))


class House(asyncore.dispatcher):
    def __init__(self, port, name):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)
        self.name = name
        self.users = {}
        self.parlour = Parlour(self)

    def handle_accept(self):
        conn, addr = self.accept()
        Guest(self, conn)


if __name__ == "__main__":
    house = House(int(sys.argv[1]), "the house")
    try:
        asyncore.loop()
    except KeyboardInterrupt:
        pass
