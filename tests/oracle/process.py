"""The program under test as a process: started, listened to, and always reaped with everything it started.

It runs in a process group of its own, so that ending it ends its children, in an empty directory of its
own. Its output is read as it comes: standard output is part of the transcript, standard error is kept for
the reader of a failing test.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .pump import Pump

MOST_OUTPUT = 1 << 20
"""Bytes kept of each stream: a program that prints without end must not fill our memory."""


SPAWNING = threading.Lock()
"""Held while a process is started, and while a peer closes a socket.

Between its fork and its exec a new process holds copies of all our sockets. One that is closed in that moment stays
open: a closed server goes on listening, a reset does not leave.
"""


class Process:
    """One run of a program."""

    def __init__(self, pump: Pump, command: Sequence[str], environment: Mapping[str, str], directory: Path) -> None:
        self._pump = pump
        self.stdout, self.stderr = bytearray(), bytearray()
        with SPAWNING:
            self._child = subprocess.Popen(
                list(command),
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=os.name == "posix",
            )
        self.pid = self._child.pid
        self._open: list[Any] = []
        for pipe, store in ((self._child.stdout, self.stdout), (self._child.stderr, self.stderr)):
            self._listen(pipe, store)

    def _listen(self, pipe: Any, store: bytearray) -> None:
        source = _selectable(pipe)
        self._open.append(source)

        def when_readable() -> None:
            data = source.recv(1 << 16) if isinstance(source, socket.socket) else os.read(source.fileno(), 1 << 16)
            store.extend(data[: MOST_OUTPUT - len(store)])
            if not data:
                self._pump.forget(source)
                self._open.remove(source)
                source.close()

        self._pump.watch(source, when_readable)

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal's number, or None while it runs."""
        return self._child.poll()

    @property
    def ended(self) -> bool:
        """It is over and nothing that it wrote is still on its way."""
        return self.status is not None and not self._open

    @property
    def silent(self) -> bool:
        """It can print nothing more."""
        return not self._open

    def write(self, data: bytes) -> None:
        """Write to its standard input."""
        assert self._child.stdin is not None
        self._child.stdin.write(data)

    def close_stdin(self) -> None:
        """Let it see the end of its standard input."""
        assert self._child.stdin is not None
        self._child.stdin.close()

    def signal(self, number: int) -> None:
        """Send a signal to the program itself, not to its children."""
        self._child.send_signal(number)

    def finish(self) -> None:
        """End it and its children if they still run; reap it; close every pipe. May be called twice."""
        if os.name == "posix":
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):  # nobody left; macOS says it of a zombie so
                pass
        else:
            self._child.kill()
        self._child.wait()
        self._pump.until(lambda: self.silent, 1.0)
        for source in list(self._open):  # held open by a child that made a group of its own
            self._pump.forget(source)
            self._open.remove(source)
            source.close()
        assert self._child.stdin is not None
        try:
            self._child.stdin.close()
        except OSError:  # it went without reading what was written
            pass


def restore_interrupts() -> None:
    """Undo an ignored SIGINT, which shells hand down to background jobs: programs under test would inherit it.

    To be called from the main thread, once.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _selectable(pipe: Any, *, windows: bool = os.name == "nt") -> Any:
    """Return something that a selector takes: on Windows, where pipes do not qualify, a socket fed by a thread."""
    if not windows:
        return pipe
    ours, theirs = socket.socketpair()

    def carry() -> None:
        with pipe, theirs:
            while data := os.read(pipe.fileno(), 1 << 16):
                theirs.sendall(data)

    threading.Thread(target=carry, daemon=True).start()
    return ours
