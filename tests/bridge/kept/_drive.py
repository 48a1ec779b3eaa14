"""What the scripts here share: the ways in which programs drive asyncore, peers, and a transcript.

A script's first argument is its way: ``loop``, ``count``, ``poll``, each also with poll()'s order of events
(``loop-use_poll``, ``count-use_poll``, ``poll2``), or ``attached`` (the bridge only: somebody else's event loop).
"""

import array
import asyncore
import fcntl
import os
import re
import socket
import sys
import termios
import time

WAY = sys.argv[1] if len(sys.argv) > 1 else "loop"
USE_POLL = WAY in ("loop-use_poll", "count-use_poll", "poll2")
LIMIT = 20
"""Seconds after which a script gives up waiting; none of them ever waits that long."""


class Satisfied(Exception):
    """What was waited for has happened."""


class _Watch(asyncore.dispatcher):
    """A member of the map whose predicates are asked on every pass, and which wants nothing."""

    quiet = False
    """True during a pass that a handler has started: its caller is not the one to be told."""

    def __init__(self, condition, map):
        near, self.far = socket.socketpair()
        asyncore.dispatcher.__init__(self, near, map)
        self.condition = condition

    def readable(self):
        if not self.quiet and self.condition():
            raise Satisfied
        return False

    def writable(self):
        return False


def one_pass(timeout=LIMIT, map=None):
    """Run one pass in this script's way."""
    if WAY == "poll":
        asyncore.poll(timeout, map)
    elif WAY == "poll2":
        asyncore.poll2(timeout, map)
    else:
        asyncore.loop(timeout, USE_POLL, map, count=1)


def run(timeout=LIMIT, map=None):
    """Run until the map is empty."""
    members = asyncore.socket_map if map is None else map
    if WAY in ("loop", "loop-use_poll"):
        asyncore.loop(timeout, USE_POLL, map)
    elif WAY == "attached":
        _run_attached(members)
    else:
        while members:
            one_pass(timeout, map)


def until(condition, map=None):
    """Run until *condition()* is true."""
    members = asyncore.socket_map if map is None else map
    if condition():
        return
    end = time.monotonic() + LIMIT
    if WAY not in ("loop", "loop-use_poll", "attached"):
        while not condition():
            assert time.monotonic() < end, "nothing happened"
            one_pass(LIMIT, map)
        return
    watch = _Watch(condition, members)
    try:
        run(LIMIT, map)
    except Satisfied:
        pass
    finally:
        watch.close()
        watch.far.close()


def nested(passes, *args, **kwargs):
    """Call asyncore's loop() or poll() in a handler."""
    before, _Watch.quiet = _Watch.quiet, True
    try:
        passes(*args, **kwargs)
    finally:
        _Watch.quiet = before


def _run_attached(members):
    import asyncio

    from asyncore_bridge import until_empty

    global _loop
    if _loop is None:
        _loop = asyncio.new_event_loop()

    async def serve():
        try:
            await until_empty(members)
        except BaseException as exc:
            return exc.with_traceback(None)  # which asyncio would keep until the garbage is collected

    outcome = _loop.run_until_complete(serve())
    try:
        if outcome is not None:
            raise outcome
    finally:
        del outcome


_loop = None


# -- peers


def unread(sock):
    """Return how many bytes wait in *sock* to be received."""
    size = array.array("i", [0])
    fcntl.ioctl(sock.fileno(), termios.FIONREAD, size)
    return size[0]


class Peer:
    """The far end of a connection: a Unix socket, so that what is sent arrives at once and in one piece."""

    def __init__(self):
        self.near, self.sock = socket.socketpair()
        self.sock.setblocking(False)

    def says(self, data):
        """Send *data* in one piece, and run until it has been received."""
        self.sock.sendall(data)
        until(self.was_heard)

    def was_heard(self):
        return self.near.fileno() < 0 or not unread(self.near)

    def hears(self):
        """Return what has come so far: bytes, and how it ended, if it did."""
        data = b""
        try:
            while True:
                piece = self.sock.recv(1 << 20)
                if not piece:
                    return data, "end"
                data += piece
        except BlockingIOError:
            return data
        except OSError as exc:
            return data, type(exc).__name__


def tcp_pair():
    """Return a connected pair of TCP sockets."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
    return near, far


# -- the transcript


def note(*words):
    """Add a line to the transcript."""
    print(*[clean(word) for word in words], flush=True)


def clean(word):
    """Return *word* without what differs from run to run: ids, file names, line numbers, ports."""
    text = word if isinstance(word, str) else repr(word)
    text = re.sub(r"0x[0-9a-f]+|\bat [0-9a-f]{8,}", "0x..", text)
    text = re.sub(r"('127\.0\.0\.1'|'::1'), \d{4,5}", r"\1, PORT", text)
    text = re.sub(r"127\.0\.0\.1:\d{4,5}", "127.0.0.1:PORT", text)
    return re.sub(r"\[[^|\]]*?([^/|\]]+)\|([^|\]]+)\|\d+\]", r"[\1|\2|..]", text)


def frames(text):
    """Return what compact_traceback() says, from this script's first frame on: those before are the loop's."""
    found = re.findall(r"\[[^]]+\]", clean(text))
    script = os.path.basename(sys.argv[0])
    mine = [index for index, frame in enumerate(found) if frame.startswith(f"[{script}|")]
    return " ".join(found[mine[0] :]) if mine else "no frame of the script"


def leaving(call, *args, **kwargs):
    """Make *call* and note how it ends; also the ways that leave the interpreter."""
    try:
        result = call(*args, **kwargs)
    except BaseException as exc:
        note("raised", type(exc).__name__, str(exc))
        return None
    else:
        note("returned", result)
        return result
