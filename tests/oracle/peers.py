"""The scripted far ends: what a drive holds in its hands.

`Stream` is one end of a TCP or Unix-socket conversation, `Datagrams` a UDP socket, `FakeServer` something
for client programs to connect to. Each records all it receives. A sentence about waiting: every wait ends
as soon as what was asked for is there, or can no longer come (the program closed), and raises `Unmet` then
or after `PATIENCE`.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
from typing import TYPE_CHECKING, Union

from .process import SPAWNING
from .transcript import Connection

if TYPE_CHECKING:
    from .stage import Stage

PATIENCE = 10.0
"""Seconds that one expectation may take; far more than needed, for machines that are busy."""

Text = Union[str, bytes]

_QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)
"""Linux: acknowledge at once. A program that writes twice would wait 40 ms for a delayed acknowledgement."""


class Unmet(Exception):
    """Something that a drive waited for did not come, or something else came."""


class Stream:
    """One end of a conversation in bytes.

    The attribute `received` is everything so far. What `until`, `take`, `expect`, `rest` and `quiet` have
    looked at counts as consumed: where *we* end the conversation, the transcript keeps only that, since how
    much more was on its way is chance.
    """

    def __init__(
        self, stage: Stage, name: str, sock: socket.socket, *, reading: bool = True, at_eof: str = "eof"
    ) -> None:
        self.name, self.received, self.ended = name, bytearray(), ""
        self.sent = 0  # bytes, in all
        self._at_eof = at_eof
        self._stage, self._socket = stage, sock
        self._consumed = 0
        self._reading = self._half_closed = self._stalled = False
        self._whole: bytes | None = None
        sock.setblocking(False)
        if sock.family in {socket.AF_INET, socket.AF_INET6}:
            with contextlib.suppress(OSError):  # reset at once
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # small pieces leave at once
            self.port = sock.getsockname()[1]
        if reading:
            self._reading = True
            stage.pump.watch(sock, self._read)

    # ---- saying things

    def send(self, data: Text, *, whole: bool = False) -> None:
        """Send all of *data*, cut as this run's chunking says (not at all with *whole*).

        Replies are read meanwhile, unless reading is paused. Two sends are two reads in the program,
        wherever the kernel can be asked. If the program hangs up, the rest is not sent; that is no error,
        and part of the transcript. Raises `Unmet` if the program goes on living but does not read.
        """
        for piece in self._pieces(data, whole=whole):
            left = self._send_some(memoryview(piece))
            if left:
                raise Unmet(f"{self.name}: the program does not read, {len(left)} bytes are left unsent")
            self._stage.until_read(self)

    def send_before_reading(self, data: Text) -> None:
        """Send all of *data* and read nothing before it is sent.

        A program that stops reading from a peer that does not read would block both for ever. That is noted
        in the transcript (see `BACKPRESSURE`), and the rest is sent while reading.
        """
        self.pause()
        for piece in self._pieces(data):
            left = self._send_some(memoryview(piece))
            if left:
                self._stalled = True
                self.resume()
                self.send(bytes(left), whole=True)
            elif self._stage.chunking.name != "whole":
                self._stage.until_read(self)
        self.resume()

    def offer(self, data: bytes) -> bytes:
        """Send as much of *data* as the program takes, and return the rest: for programs whose readable() says no.

        That the program stopped reading is noted in the transcript, as something to be the same everywhere.
        """
        left = bytes(self._send_some(memoryview(data)))
        self._stalled = bool(left)
        return left

    def half_close(self) -> None:
        """Send end of file, and go on reading."""
        if not self.ended:
            self._half_closed = True
            try:
                self._socket.shutdown(socket.SHUT_WR)
            except OSError:  # the program hung up in this moment; the next read says how
                pass

    def close(self) -> None:
        """Hang up in an orderly way, whatever the program may still want to say."""
        if not self.ended:
            self._drain()  # unread bytes would turn our FIN into a reset
            self._finish("we closed")

    def reset(self) -> None:
        """Vanish: the program gets a connection reset instead of an end of file."""
        if not self.ended:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._finish("we reset")

    # ---- listening

    def pause(self) -> None:
        """Read no more until `resume`: what the program sends piles up in the kernel, then with the program."""
        if self._reading:
            self._reading = False
            self._stage.pump.forget(self._socket)

    def resume(self) -> None:
        """Read again, in a hurry if the receive buffer was kept small before."""
        if not self._reading and not self.ended:
            self._reading = True
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            self._stage.pump.watch(self._socket, self._read)

    def until(self, mark: Text, count: int = 1) -> bytes:
        """Wait until *mark* has come *count* times; return everything up to the end of the last."""
        wanted = _bytes(mark)
        start = at = self._consumed
        for _ in range(count):
            at = self._find(wanted, at) + len(wanted)
        self._consumed = at
        return bytes(self.received[start:at])

    def line(self) -> bytes:
        """Wait for a line; return it with its newline."""
        return self.until(b"\n")

    def take(self, size: int) -> bytes:
        """Wait for *size* bytes and return them."""
        self._wait(lambda: len(self.received) - self._consumed >= size, f"{size} bytes")
        start, self._consumed = self._consumed, self._consumed + size
        return bytes(self.received[start : self._consumed])

    def expect(self, data: Text) -> None:
        """Wait for exactly *data*. Raises `Unmet` as soon as something else comes."""
        wanted, start = _bytes(data), self._consumed
        good = 0  # so much of it has come; it may be megabytes, which are not looked at again and again

        def settled() -> bool:
            nonlocal good
            came = self.received[start + good : start + len(wanted)]
            if came != wanted[good : good + len(came)]:
                return True
            good += len(came)
            return good == len(wanted)

        self._wait(settled, shorten(wanted))
        came = bytes(self.received[start : start + len(wanted)])
        if came != wanted:
            raise Unmet(f"{self.name}: expected {shorten(wanted)}, got {shorten(came)}")
        self._consumed += len(wanted)

    def rest(self) -> bytes:
        """Wait until the program hangs up; return what came since the last look."""
        if not self._stage.wait(lambda: self.ended, lambda: len(self.received)):
            raise Unmet(f"{self.name}: expected the program to close, it has not; last came {self._tail()}")
        start, self._consumed = self._consumed, len(self.received)
        return bytes(self.received[start:])

    def quiet(self) -> bytes:
        """Let the program come to rest; return what it still sent."""
        self._stage.settle()
        start, self._consumed = self._consumed, len(self.received)
        return bytes(self.received[start:])

    def wants_all_of(self, whole: bytes) -> None:
        """Say that what comes is the beginning of *whole*, and that only "all of it or not" is comparable.

        For output that a program drops when it closes: how much of it the kernel had taken by then is chance.
        """
        self._whole = whole

    # ---- for the stage

    @property
    def reading(self) -> bool:
        """Whether what the program sends is read here."""
        return self._reading

    @property
    def socket(self) -> socket.socket:
        """The socket itself, for the kernel to be asked about."""
        return self._socket

    def look_at_everything(self) -> None:
        """Count all that came as consumed."""
        self._consumed = len(self.received)

    def record(self) -> Connection:
        """Return what the transcript keeps."""
        ended = self.ended or "open"
        received = bytes(self.received[: self._consumed] if ended.startswith("we ") else self.received)
        complete: bool | None = None
        if self._whole is not None and self._whole.startswith(received):
            complete = len(received) == len(self._whole)
        return Connection(received, ended, half_closed=self._half_closed, stalled=self._stalled, complete=complete)

    def abandon(self) -> None:
        """Let the socket go: the run is over and recorded."""
        if not self.ended:
            self._finish("open")

    # ---- inside

    def _pieces(self, data: Text, *, whole: bool = False) -> list[bytes]:
        message = _bytes(data)
        if whole or not message:
            return [message]
        return list(self._stage.chunking.pieces(message, f"{self.name}/{len(message)}"))

    def _send_some(self, data: memoryview) -> memoryview:
        """Send; return what the program would not take. Nothing is left where it hung up."""
        while data and not self.ended:
            try:
                taken = self._socket.send(data)
                self.sent += taken
                data = data[taken:]
            except BlockingIOError:
                if not self._stage.until_writable(self._socket):
                    return data
            except OSError:  # it hung up; reading tells how
                if self._reading:
                    self._stage.wait(lambda: self.ended)
                break
        return memoryview(b"")

    def _read(self) -> None:
        try:
            data = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError as error:
            self._finish(
                "reset" if error.errno in {errno.ECONNRESET, errno.EPIPE} else error.strerror or str(error)
            )
            return
        if data:
            self.received += data
            if _QUICK_ACK is not None and self._socket.family != getattr(socket, "AF_UNIX", None):
                self._socket.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)  # it does not last
        else:
            self._finish(self._at_eof)

    def _drain(self) -> None:
        try:
            while self._socket.recv(1 << 18):
                pass
        except OSError:
            pass

    def _finish(self, how: str) -> None:
        self.pause()
        self.ended = how
        with SPAWNING:
            self._socket.close()

    def _find(self, wanted: bytes, start: int) -> int:
        seen = start  # bytes before this cannot begin the mark: megabytes are not searched again and again

        def found() -> bool:
            nonlocal seen
            at = self.received.find(wanted, seen)
            seen = at if at >= 0 else max(start, len(self.received) - len(wanted) + 1)
            return at >= 0

        self._wait(found, shorten(wanted))
        return self.received.index(wanted, seen)

    def _wait(self, condition: object, what: str) -> None:
        assert callable(condition)
        self._stage.wait(lambda: condition() or self.ended, lambda: len(self.received))
        if not condition():
            state = f"the connection has ended ({self.ended})" if self.ended else "nothing more came"
            raise Unmet(f"{self.name}: waited for {what}, {state}; since the last look came {self._tail()}")

    def _tail(self) -> str:
        return shorten(bytes(self.received[self._consumed :]))


class Datagrams:
    """A UDP socket of ours; each datagram is recorded as it came."""

    def __init__(self, stage: Stage, name: str, sock: socket.socket) -> None:
        self.name, self.ended = name, ""
        self.received: list[bytes] = []
        self._stage, self._socket, self._consumed = stage, sock, 0
        sock.setblocking(False)
        self.port = sock.getsockname()[1]
        stage.pump.watch(sock, self._read)

    def send(self, data: Text, port: int | None = None) -> None:
        """Send one datagram to the program (or to another *port* of this machine)."""
        self._socket.sendto(_bytes(data), ("127.0.0.1", port or self._stage.port))

    def take(self, count: int = 1) -> list[bytes]:
        """Wait for *count* more datagrams and return them."""
        start = self._consumed
        self._stage.wait(lambda: len(self.received) >= start + count)
        if len(self.received) < start + count:
            raise Unmet(f"{self.name}: waited for {count} datagrams, have {self.received[start:]!r}")
        self._consumed = start + count
        return self.received[start : start + count]

    def close(self) -> None:
        """Close our socket: what the program sends there from now on bounces."""
        if not self.ended:
            self._stage.pump.forget(self._socket)
            with SPAWNING:
                self._socket.close()
            self.ended = "we closed"

    def record(self) -> Connection:
        """Return what the transcript keeps."""
        return Connection(b"", self.ended or "open", datagrams=tuple(self.received))

    abandon = close

    def _read(self) -> None:
        try:
            self.received.append(self._socket.recv(1 << 16))
        except OSError:  # a datagram of ours bounced
            pass


class FakeServer:
    """A listening socket of ours, for programs that connect to somewhere."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self.port = stage, 0
        self._socket: socket.socket | None = None
        while self._socket is None:
            self.port = stage.reserve_port()
            try:
                self.open()
            except OSError as error:
                if error.errno != errno.EADDRINUSE:  # somebody else was faster
                    raise

    def open(self) -> None:
        """Listen, again after `close`."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("127.0.0.1", self.port))
            sock.listen(64)
        except OSError:
            sock.close()
            raise
        sock.setblocking(False)
        self._socket = sock

    def close(self) -> None:
        """Refuse connections; those that are there go on."""
        if self._socket is not None:
            with SPAWNING:
                self._socket.close()
            self._socket = None

    def accept(self, name: str, *, reading: bool = True) -> Stream:
        """Wait for the program to connect; return our end, called *name* in the transcript."""
        came: list[socket.socket] = []

        def arrived() -> bool:
            assert self._socket is not None, "this fake server is closed"
            try:
                came.append(self._socket.accept()[0])
            except OSError:
                return self._stage.process.ended
            return True

        self._stage.wait(arrived)
        if not came:
            raise Unmet(f"{name}: the program does not connect")
        return self._stage.add(Stream(self._stage, name, came[0], reading=reading))


def shorten(data: bytes) -> str:
    """Return *data* as people read it, its middle left out where it is long."""
    return repr(data) if len(data) <= 160 else f"{data[:60]!r}...{data[-60:]!r} ({len(data)} bytes)"


def _bytes(text: Text) -> bytes:
    return text.encode() if isinstance(text, str) else bytes(text)
