"""A theatre's doors: listeners that are told how to make their sessions, and that would not bear an error."""
import asynchat
import asyncore
import functools
import socket
import sys


class Visitor(asynchat.async_chat):
    def __init__(self, sock, book, title="guest"):
        asynchat.async_chat.__init__(self, sock)
        self.book = book
        self.title = title
        self.words = []
        self.set_terminator(b"\n")
        self.say("your name?")

    def say(self, text):
        self.push(text.encode() + b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        name = b"".join(self.words).decode()
        self.words = []
        self.book.append(name)
        self.say("%s %s, number %d" % (self.title, name, len(self.book)))


class Critic(Visitor):
    """Whatever else a visitor is given, this one is handed on with it."""

    def __init__(self, *args, **kwargs):
        Visitor.__init__(self, *args, **kwargs)
        self.say("be kind")


class Mute(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(None)
        self.push(b"...\n")
        self.close_when_done()

    def collect_incoming_data(self, data):
        pass


class Shy(Mute):
    """Even more so."""


class Door(asyncore.dispatcher):
    def __init__(self, port, admit):
        asyncore.dispatcher.__init__(self)
        self.admit = admit
        self.inside = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.inside.append(self.admit(sock))

    def handle_connect(self):
        self.close()

    handle_read = handle_connect

    def writable(self):
        return 0

    def handle_error(self):
        raise


class OldDoor(asyncore.dispatcher):
    """Made for Python 2 first, and for Python 3 later."""

    def __init__(self, port, book):
        asyncore.dispatcher.__init__(self)
        self.book = book
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            sock, addr = pair
            self.handle_accepted(sock, addr)

    def handle_accepted(self, sock, addr):
        admit_critic(sock, self.book, addr)


def admit_actor(sock):
    """Actors have a book of their own."""
    return Visitor(sock, actors, title="actor")


def admit_critic(sock, book, addr):
    critic = Critic(sock, book, title="critic from %s," % addr[0])
    critics.append(critic)


guests, actors, critics = [], [], []
ports = [int(port) for port in sys.argv[1:]]
front = Door(ports[0], lambda sock: Visitor(sock, guests))
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
asyncore.loop()
