"""Processes: daemonised after listen(); forked in a handler, with close_all(); of multiprocessing; exec.

What the children do comes back through pipes, since what they print could come at any time.
"""

import asynchat
import asyncore
import contextlib
import multiprocessing
import os
import socket
import sys

from _drive import WAY, Peer, note, run


class Session(asynchat.async_chat):
    """Says which process it is: the one that has made the listener, or another one."""

    first = os.getpid()

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.line = b""

    def collect_incoming_data(self, data):
        self.line += data

    def found_terminator(self):
        line, self.line = self.line, b""
        who = b"the first" if os.getpid() == self.first else b"a child"
        self.push(b"%s got %s\n" % (who, line))
        if line == b"quit":
            asyncore.close_all()
        elif line == b"fork":
            self.fork()
        elif line == b"exec":
            self.exec()

    def fork(self):
        child = os.fork()
        if not child:
            asyncore.close_all()
            os.write(report, b"closed all: %d left" % len(asyncore.socket_map))
            os._exit(0)
        os.waitpid(child, 0)

    def exec(self):
        server = next(c for c in asyncore.socket_map.values() if isinstance(c, Server))
        for kept in (server.socket, self.socket):
            os.set_inheritable(kept.fileno(), True)
        bridge = ["-m", "asyncore_bridge"] if "asyncore_bridge" in sys.modules else ["-W", "ignore"]
        numbers = [str(server.socket.fileno()), str(self.socket.fileno())]
        os.execv(sys.executable, [sys.executable, *bridge, os.path.abspath(__file__), WAY, *numbers])


class Server(asyncore.dispatcher):
    def __init__(self, sock=None):
        asyncore.dispatcher.__init__(self, sock)
        if sock is None:
            self.create_socket()
            self.bind(("127.0.0.1", 0))
            self.listen(5)
        else:
            self.accepting = True

    def writable(self):
        return False

    def handle_accepted(self, sock, addr):
        Session(sock)


def talk(address, *lines):
    """Run a client in a process of its own; return its number and where its report comes."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child:
        os.close(theirs)
        return child, ours
    heard = b""
    with socket.create_connection(address) as client:
        for line in lines:
            client.sendall(line)
            heard += client.recv(1000)
        client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            while data := client.recv(1000):
                heard += data
    os.write(theirs, heard)
    os._exit(0)


def told(client):
    child, pipe = client
    os.waitpid(child, 0)
    data = os.read(pipe, 1 << 16)
    os.close(pipe)
    return data


def in_child(act):
    """Fork; the child does *act* and ends."""
    child = os.fork()
    if not child:
        try:
            act()
        finally:
            os._exit(0)
    return child


if len(sys.argv) > 2:  # executed again, with the sockets of the program before
    listening, connection = (socket.socket(fileno=int(number)) for number in sys.argv[2:])
    server, session = Server(listening), Session(connection)
    session.push(b"here again\n")
    asyncore.loop()
    os._exit(0)

note("daemonised after listen()")
server = Server()
server.socket.settimeout(0)
client = talk(server.socket.getsockname(), b"hello\n", b"quit\n")


def daemon():
    os.setsid()
    if os.fork():
        return
    asyncore.loop(timeout=5)


started = in_child(daemon)
os.waitpid(started, 0)
note(told(client))
server.close()

note("after the loop has run already")
peer = Peer()
channel = Session(peer.near)
peer.says(b"x\n")
server = Server()
peer.says(b"y\n")
channel.close()
client = talk(server.socket.getsockname(), b"hello\n", b"quit\n")
os.waitpid(in_child(daemon), 0)
note(told(client), peer.hears())
server.close()

note("daemonised when the loop has run, with every descriptor closed that is not known")
peer = Peer()
channel = Session(peer.near)
peer.says(b"x\n")
server = Server()
client = talk(server.socket.getsockname(), b"hello\n", b"quit\n")


def thorough_daemon():
    kept = server.socket.fileno()
    channel.close()
    os.closerange(3, kept)
    os.closerange(kept + 1, 256)
    asyncore.loop(timeout=5)


os.waitpid(in_child(thorough_daemon), 0)
note(told(client))
channel.close()
server.close()

note("forked in a handler; the child closes all")
came, report = os.pipe()
server = Server()
client = talk(server.socket.getsockname(), b"fork\n", b"still there\n", b"a\nfork\nb\n", b"quit\n")
run()
note(told(client), os.read(came, 1000))

note("multiprocessing, in a handler")


def work(pipe):
    asyncore.close_all()
    near, far = socket.socketpair()
    Session(near)
    far.sendall(b"in the child\nquit\n")
    asyncore.loop()
    pipe.send(far.recv(1000))


class Starts(Session):
    def fork(self):
        mine, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=work, args=(theirs,))
        process.start()
        self.push(mine.recv())
        process.join()


peer = Peer()
starts = Starts(peer.near)
peer.says(b"x\nfork\ny\n")
note(peer.hears())
starts.close()

note("executed again by a handler, with its sockets, in the middle of a packet")
server = Server()
client = talk(server.socket.getsockname(), b"hello\n", b"a\nexec\nb\n", b"c\n", b"quit\n")
os.waitpid(in_child(asyncore.loop), 0)
note(told(client))
server.close()
run()
