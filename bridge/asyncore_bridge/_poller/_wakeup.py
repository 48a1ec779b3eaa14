"""A descriptor that becomes readable when another thread asks for it.

Made only when somebody needs it: most programs have one thread, and two descriptors for each map
would show in programs that count theirs.
"""

from __future__ import annotations

import socket
import threading

MAKING = threading.Lock()
"""Held by pollers while they make one: several threads may want the first at once."""


class Wakeup:
    """A socket pair: ``set()`` in any thread makes ``fileno()`` readable until ``clear()``."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor to watch for reading."""
        return self._reader.fileno()

    @property
    def writer(self) -> int:
        """The descriptor to which a byte is to be written instead of calling ``set()``."""
        return self._writer.fileno()

    def set(self) -> None:
        """Make it readable; safe in any thread and in signal handlers."""
        try:
            self._writer.send(b"\0")
        except BlockingIOError:
            pass  # full: it is readable already
        except OSError:
            pass  # closed by its thread meanwhile, which therefore waits no more

    def clear(self) -> None:
        """Make it not readable."""
        try:
            while self._reader.recv(4096):
                pass
        except BlockingIOError:
            pass

    def close(self) -> None:
        """Close both ends."""
        self._reader.close()
        self._writer.close()
