"""What handlers raise: the stock handle_error() prints one line, which programs parse, and calls handle_close().

Also: a repr() that fails, ignore_log_types, log(), a handle_error() that raises, which leaves the loop, and
compact_traceback().
"""

import asynchat
import asyncore
import contextlib
import io
import sys

from _drive import Peer, clean, frames, note, run, until


class Base(asyncore.dispatcher):
    raises_in = ""
    addr = ("host", 25)

    def maybe(self, where):
        note("  ", where, self.connected)
        if self.raises_in == where:
            raise ValueError("in " + where)

    def readable(self):
        return True

    def writable(self):
        return self.raises_in == "handle_write"

    def handle_read(self):
        self.recv(100)
        self.maybe("handle_read")

    def handle_write(self):
        self.maybe("handle_write")

    def handle_close(self):
        note("   handle_close", self.connected)
        self.close()
        if self.raises_in == "handle_close":
            self.raises_in = ""
            raise ValueError("in handle_close")

    def log_info(self, message, type="info"):
        head, _, rest = message.partition(" [")
        note("   log", type, head, "|", frames("[" + rest))


for where in ("handle_read", "handle_write", "handle_close"):
    note("an error in", where)
    peer = Peer()
    channel = Base(peer.near)
    channel.raises_in = where
    peer.sock.send(b"x")
    if where == "handle_close":
        peer.sock.close()
    try:
        run()
    except ValueError as exc:
        note("  left the loop:", str(exc))
    note("  in the map", len(asyncore.socket_map))
    channel.close()


class Prints(asyncore.dispatcher):
    def writable(self):
        return False

    def handle_read(self):
        self.recv(100)
        raise LookupError("with (brackets) and\na line break")


class NoRepr(Prints):
    def __repr__(self):
        raise RuntimeError("no repr")


class SaysAll(Prints):
    ignore_log_types = ()

    def handle_read(self):
        Prints.handle_read(self)


for cls in (Prints, NoRepr, SaysAll):
    note(cls.__name__)
    peer = Peer()
    channel = cls(peer.near)
    peer.sock.send(b"x")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        run()
    for line in out.getvalue().splitlines():
        note("  ", clean(line).partition(" [")[0])
    note("  ", frames(out.getvalue()))


class Raises(Prints):
    def handle_error(self):
        note("  handle_error", sys.exc_info()[0].__name__)
        raise


class Other(Prints):
    def handle_error(self):
        self.close()
        raise KeyError("from handle_error")


for cls in (Raises, Other):
    note(cls.__name__)
    peer = Peer()
    channel = cls(peer.near)
    peer.sock.send(b"x")
    try:
        until(lambda: False)
    except Exception as exc:
        note("  left the loop:", type(exc).__name__, exc.args, type(exc.__context__).__name__)
    note("  connected", channel.connected)
    channel.close()


class Chat(asynchat.async_chat):
    def found_terminator(self):
        raise ArithmeticError

    def handle_error(self):
        (_, function, line), kind, value, info = asyncore.compact_traceback()
        note(function, line.isdigit(), kind.__name__, repr(value), frames(info))
        self.close()


note("compact_traceback()")
peer = Peer()
channel = Chat(peer.near)
channel.set_terminator(b"\n")
peer.sock.send(b"\n")
run()
try:
    asyncore.compact_traceback()
except AssertionError as exc:
    note("AssertionError", str(exc))

note("log() and log_info()")
channel = asyncore.dispatcher()
with contextlib.redirect_stderr(io.StringIO()) as err, contextlib.redirect_stdout(io.StringIO()) as out:
    channel.log("to stderr")
    channel.log(5)
    channel.log_info("to stdout")
    channel.log_info("a warning, ignored", "warning")
    channel.log_info(["an", "object"], "error")
note(err.getvalue(), out.getvalue())
