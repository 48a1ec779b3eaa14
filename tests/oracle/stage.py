"""What a drive is given: one run of one program, and scripted clients and servers around it.

Many things here answer "has it happened yet?" by asking the kernel (see `oracle.kernel`), so that a run
takes as long as the program needs and no longer, and does not become another run on a busy machine.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import select
import signal
import socket
import time
from typing import TYPE_CHECKING, Callable, TypeVar

from . import kernel
from .kernel import Kernel
from .peers import PATIENCE, Datagrams, FakeServer, Stream, Unmet
from .ports import ReservedPort
from .process import Process
from .pump import Pump

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from .chunking import Chunking

LIMIT = 40.0
"""Seconds that a whole run may take before it counts as hanging."""
LOOK = 0.002
"""Seconds between two looks at a program that seems to be at rest."""
RESTLESS = 0.5
"""Seconds, asleep or on a processor, after which a program that never rests (a spinning loop) is taken as it is."""
STARTING = 2.0
"""The same while it starts, which takes its time: it imports."""
SELDOM = 8
"""Looks between two looks at the time that it has run: they cost more."""
PAUSE = 0.1
"""Seconds that count as rest where the kernel cannot be asked."""
PIECE_PAUSE = 0.001
"""Seconds between two pieces of a message where the kernel cannot be asked."""
ASLEEP = 1.0
"""Seconds of unbroken sleep after which a program will not do what it is waited for."""
STALLED = 0.25
"""Seconds asleep with a full socket before it which a program is said not to read."""
DOZING = 1.5
"""Seconds asleep, in sum, after which the same is said of one that wakes up now and then."""

SMALL_RECEIVE, SMALL_SEND = 4096, 65536
"""Sizes in bytes of small buffers; the program's own may still take megabytes."""

AnyPeer = TypeVar("AnyPeer", Stream, Datagrams)


class Stage:
    """One run. Made by `oracle.running`; a drive only uses it."""

    def __init__(self, directory: Path, chunking: Chunking) -> None:
        self.directory = directory
        """A directory that is the program's working directory, empty at first."""
        self.chunking = chunking
        self.pump = Pump(LIMIT)
        self.ports: dict[str, int] = {}
        """The free ports handed to the program, by placeholder: ``{port}``, ``{port2}``, ..."""
        self.servers: dict[str, FakeServer] = {}
        """The fake servers whose ports were handed to the program: ``{peer}``, ``{peer2}``, ..."""
        self.peers: dict[str, Stream | Datagrams] = {}
        self.notes: list[str] = []
        self.process: Process
        self._kernel = Kernel()
        self._reserved: list[ReservedPort] = []
        self._frozen = self._begun = False

    # ---- connections

    def connect(
        self,
        name: str,
        *,
        port: int | None = None,
        path: str | None = None,
        reading: bool = True,
        small_buffers: bool = False,
    ) -> Stream:
        """Connect to the program, waiting until it listens; *name* is what the transcript calls the connection.

        *port* is another port than ``{port}``, *path* a Unix socket in the run's directory. With *reading*
        false nothing is read before `Stream.resume`; *small_buffers* in our kernel make such a slow reader
        felt after some 5 MB.

        Nobody comes before the program has started, and rests in its loop: what it does first is its own doing.
        """
        self._begin()
        family = socket.AF_INET if path is None else socket.AF_UNIX
        where = ("127.0.0.1", port or self.port) if path is None else str(self.directory / path)
        made: list[socket.socket] = []
        at_once: list[str] = []

        def connected() -> bool:
            sock = socket.socket(family, socket.SOCK_STREAM)
            if small_buffers:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_RECEIVE)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_SEND)
            sock.settimeout(2)
            try:
                sock.connect(where)
            except ConnectionResetError:  # it was accepted, and reset before we were back here
                at_once.append("reset")
            except OSError:  # it does not listen yet, and nothing announces when it does
                sock.close()
                self.pump.turn(LOOK)
                return self.process.ended
            made.append(sock)
            return True

        self.wait(connected)
        if not made:
            why = f"it has ended with status {self.process.status}" if self.process.ended else "it does not listen"
            raise Unmet(f"{name}: cannot connect to the program: {why}")
        return self.add(Stream(self, name, made[0], reading=reading, at_eof=at_once[0] if at_once else "eof"))

    def udp(self, name: str) -> Datagrams:
        """Return a UDP socket of ours."""
        self._begin()
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        return self.add(Datagrams(self, name, sock))

    def listen(self, name: str = "extra") -> FakeServer:
        """Open one more fake server in the middle of a drive."""
        self.servers[name] = FakeServer(self)
        return self.servers[name]

    @property
    def port(self) -> int:
        """The port called ``{port}`` in the program's arguments, or set from what it printed."""
        return self.ports["port"]

    @port.setter
    def port(self, number: int) -> None:
        self.ports["port"] = number

    @property
    def server(self) -> FakeServer:
        """The fake server called ``{peer}`` in the program's arguments."""
        return self.servers["peer"]

    def add(self, peer: AnyPeer) -> AnyPeer:
        """Take *peer* into the transcript. Each needs a name of its own."""
        assert peer.name not in self.peers, f"two connections are called {peer.name!r}"
        self.peers[peer.name] = peer
        return peer

    # ---- the program itself

    def output(self, pattern: str, count: int = 1) -> re.Match[str]:
        """Wait until *count* whole lines of standard output match *pattern*; return the last match."""
        regex = re.compile(pattern)

        def matches() -> list[re.Match[str]]:
            ended = len(self.lines()) if self.process.silent else self.process.stdout.count(b"\n")
            return [match for line in self.lines()[:ended] if (match := regex.search(line))]

        self.wait(lambda: len(matches()) >= count or self.process.silent)
        found = matches()
        if len(found) < count:
            raise Unmet(f"waited for {count} lines like {pattern!r} on stdout, it has {self.lines()[-8:]!r}")
        return found[count - 1]

    def lines(self) -> list[str]:
        """Return the lines of standard output so far; the last may not be complete yet."""
        text = self.process.stdout.decode("utf-8", "backslashreplace")
        return text.removesuffix("\n").replace("\r\n", "\n").split("\n") if text else []

    def exits(self) -> int:
        """Wait for the program to end by itself; return its status."""
        if not self.wait(lambda: self.process.ended):
            raise Unmet("the program does not end")
        assert self.process.status is not None
        return self.process.status

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """Press Ctrl-C, or send another signal, once the program rests: where in a handler it falls is chance."""
        self.settle()
        self.process.signal(number)

    def stdin(self, data: bytes) -> None:
        """Write to the program's standard input."""
        self.process.write(data)

    def close_stdin(self) -> None:
        """Let the program see the end of its standard input."""
        self.process.close_stdin()

    def listening(self) -> None:
        """Wait until the program listens, without a connection that it would notice.

        For what comes before the first `connect`, which does wait for that.
        """
        self.wait(lambda: kernel.listens(self.port) is not False or self.process.ended)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop the program while the block runs: what is sent meanwhile waits together, for one pass of its loop.

        POSIX only (SIGSTOP). Send with ``whole=True`` inside; nothing will answer before the block ends.
        """
        self.settle()
        self.process.signal(signal.SIGSTOP)
        self.pump.until(lambda: kernel.is_stopped(self.process.pid), PATIENCE)
        self._frozen = True
        try:
            yield
        finally:
            self._frozen = False
            self.process.signal(signal.SIGCONT)

    # ---- time

    def wait(self, condition: Callable[[], object], progress: Callable[[], object] = lambda: None) -> bool:
        """Wait until *condition* holds; return False after `PATIENCE`, or when the program slept for `ASLEEP`.

        So a hang ends soon, and yet a machine that is too busy to let the program run is waited for. Patience lasts
        as long as the value of *progress* goes on changing.
        """
        end, asleep_since, before, seen = time.monotonic() + PATIENCE, 0.0, None, progress()
        while not self.pump.until(condition, ASLEEP / 4):
            now = time.monotonic()
            if progress() != seen:
                end, seen = now + PATIENCE, progress()
            mark = kernel.rest_of(self.process.pid)
            if mark is None or mark != before or self._held_up():
                asleep_since, before = now, mark
            elif now - asleep_since >= ASLEEP and not kernel.has_company(self.process.pid):
                return False
            if now >= end or self.pump.out_of_time:
                return False
        return True

    def settle(self) -> None:
        """Wait until the program has done all it can for now: it sleeps, and has read what it wants to read."""
        self._rest(RESTLESS)

    def _begin(self) -> None:
        """Wait until the program has started, the first time that it matters."""
        if not self._begun and kernel.knows_processes():
            self._rest(STARTING, 3 * LOOK)
        self._begun = True

    def _rest(self, seconds: float, look: float = LOOK) -> None:
        """Wait until the program rests; at most *seconds*, but while it waits for a processor none of them pass."""
        if self._frozen:
            return
        if not kernel.knows_processes():
            self.pump.until(lambda: self.process.ended, PAUSE)
            return
        begun, asleep, looks, before = kernel.running_time(self.process.pid), 0.0, 0, None
        for number in itertools.count():
            if looks >= (2 if self._all_delivered() else 30) or self.pump.out_of_time:
                break
            moved = self.pump.turn(look)
            mark = kernel.rest_of(self.process.pid)
            looks = looks + 1 if mark is not None and mark == before and not moved else 0
            before = mark
            asleep += look if mark is not None else 0.0
            if number % SELDOM == 0 and asleep + kernel.running_time(self.process.pid) - begun >= seconds:
                break
        self.pump.turn()

    def note(self, *what: object) -> None:
        """Put something into the transcript that is not on the wire."""
        self.notes.append(" ".join(map(str, what)))

    # ---- for the peers

    def until_read(self, stream: Stream) -> None:
        """Wait until the program has read what *stream* sent, or sleeps and evidently does not want to."""
        if self._frozen or stream.ended:
            return
        looks, before = 0, None
        while not self.pump.out_of_time and not stream.ended:
            unread = self._kernel.unread(stream.socket, stream.sent)
            if unread is None:
                self.pump.turn(PIECE_PAUSE)
                return
            if not unread or self.process.status is not None:
                return
            looks += 1
            if self.pump.turn() or looks < 20:
                os.sched_yield()
                continue
            time.sleep(PIECE_PAUSE / 10)
            if looks % 20 == 0:  # now and then: is it asleep over this?
                mark = kernel.rest_of(self.process.pid)
                if mark is not None and mark == before:
                    return
                before = mark

    def until_writable(self, sock: socket.socket) -> bool:
        """Wait until *sock* takes more; return False where the program sleeps over it: it does not read.

        A program that wakes up now and then, to look at its timers, is believed after `DOZING`.
        """
        asleep_since, dozed, before = time.monotonic(), 0.0, None
        patience = STALLED if kernel.knows_processes() else PATIENCE / 3
        while not self.pump.out_of_time:
            if _takes_more(sock):
                return True
            moved = self.pump.turn(LOOK)
            mark = kernel.rest_of(self.process.pid) if kernel.knows_processes() else ("unknown",)
            held_up = self._kernel.unread(sock) == 0 or self._held_up()  # by the network, which has slow timers
            now = time.monotonic()
            if moved or held_up:
                dozed = 0.0
            elif mark is not None:  # a program that was awake just now is no sign of anything: it has timers
                dozed += LOOK
            if moved or mark is None or mark != before or held_up:
                asleep_since, before = now, mark
            if now - asleep_since > patience or dozed >= DOZING:
                return False
        return False

    def _all_delivered(self) -> bool:
        """Nothing is on its way: the program has read everything of ours, and we have everything of its."""
        return not (any(queues.unread for queues in self._queues()) or self._held_up())

    def _held_up(self) -> bool:
        """All wait for the network: Nagle's algorithm or a closed window holds something back."""
        return any(queues.held_up for queues in self._queues(only_reading=True))

    def _queues(self, *, only_reading: bool = False) -> Iterator[kernel.Queues]:
        for peer in self.peers.values():
            if isinstance(peer, Stream) and not peer.ended and (peer.reading or not only_reading):
                yield self._kernel.queues(peer.socket, peer.sent) or kernel.NOTHING

    # ---- beginning and end, for oracle.running

    def fill_in(self, arguments: Sequence[str]) -> list[str]:
        """Replace the placeholders in a program's *arguments*, making the ports and fake servers they speak of."""
        return [re.sub(r"\{(\w+)\}", lambda match: self._value_of(match[1]), argument) for argument in arguments]

    def _value_of(self, placeholder: str) -> str:
        if placeholder == "tmp":
            return str(self.directory)
        if placeholder.startswith("peer"):
            if placeholder not in self.servers:
                self.servers[placeholder] = FakeServer(self)
            return str(self.servers[placeholder].port)
        if placeholder.startswith("port"):
            if placeholder not in self.ports:
                self.ports[placeholder] = self.reserve_port()
            return str(self.ports[placeholder])
        raise ValueError(f"unknown placeholder {{{placeholder}}} in the arguments of a program")

    def reserve_port(self) -> int:
        """Return a port that is free, and this run's until it is over."""
        self._reserved.append(ReservedPort())
        return self._reserved[-1].number

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start the program."""
        self.process = Process(self.pump, command, environment, self.directory)

    def names_of_ports(self) -> dict[int, str]:
        """Return what to call each port that belongs to this run."""
        names = {number: name for name, number in self.ports.items()}
        names.update((server.port, name) for name, server in self.servers.items())
        names.update((peer.port, name) for name, peer in self.peers.items() if getattr(peer, "port", None))
        return names

    def close(self) -> None:
        """End everything that is left of this run."""
        if hasattr(self, "process"):
            self.process.finish()
        for peer in self.peers.values():
            peer.abandon()
        for server in self.servers.values():
            server.close()
        for port in self._reserved:
            port.release()
        self._kernel.close()
        self.pump.close()


def _takes_more(sock: socket.socket) -> bool:
    return bool(select.select([], [sock], [], 0)[1]) if sock.fileno() >= 0 else True
