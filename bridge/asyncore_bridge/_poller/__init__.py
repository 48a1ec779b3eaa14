"""Pollers: sets of descriptors that the operating system watches for the bridge.

A map's driver owns one poller.  A poller remembers what it was asked to watch, so that a pass costs
one system call however many descriptors are idle.  Two ways of waiting:

1. ``poll(timeout)`` waits directly.  ``asyncore.poll()``, ``loop(count=n)`` and nested passes do this.
2. ``nest(loop, callback)`` puts the poller inside an asyncio event loop: *callback* is called whenever
   ``poll(0)`` would return something.  epoll and kqueue objects are themselves descriptors that can be
   watched, so this takes one ``loop.add_reader()`` for any number of channels.

Masks use the bits of :func:`select.poll` on every platform, since the old API hands them to user code.
"""

from __future__ import annotations

import select
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from typing import Callable, Optional, Protocol

IN, PRI, OUT, ERR, HUP, NVAL = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20

Events = list[tuple[int, int]]
"""``(descriptor, mask of what is ready)``, each descriptor at most once."""

if TYPE_CHECKING:
    PollFunction = Callable[[Optional[float], int], Events]

    class Poller(Protocol):
        """What a driver needs from the operating system."""

        def set(self, fd: int, old: int, new: int) -> None:
            """Watch *fd* for the mask *new* instead of *old*; 0 means not at all.

            Raises OSError (EBADF) if *fd* is not open.
            """

        @property
        def poll(self) -> PollFunction:
            """``poll(timeout, limit)``: wait at most *timeout* seconds (None: for ever), return what is ready.

            At most *limit* descriptors are returned, which must be at least 1.
            """

        def wake(self) -> None:
            """Make a ``poll()`` that waits in another thread (or below a signal handler) return at once."""

        def was_woken_by(self, fd: int) -> bool:
            """Whether *fd*, which ``poll()`` has returned, is only there for ``wake()``; forget the call if so."""

        def nest(self, loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
            """Have *loop* call *callback* whenever something is ready."""

        def unnest(self) -> None:
            """Undo ``nest()``."""

        def busy(self) -> bool:
            """Whether something is ready for ever (regular files), so that waiting makes no sense."""

        def rebuild(self, registered: Events) -> None:
            """Forget stale descriptors: watch just the *registered* ones, given with their masks."""

        def abandon(self) -> None:
            """In a forked child: forget everything, and leave the kernel object as it is: the parent shares it."""

        def close(self) -> None:
            """Give the descriptors back."""


def new() -> Poller:
    """Return the best poller that this platform has."""
    if sys.platform == "linux":
        from ._epoll import EpollPoller  # noqa: PLC0415  (exists on this platform only)

        return EpollPoller()
    else:  # noqa: RET505  (so that type checkers skip it on Linux)
        if hasattr(select, "kqueue"):
            from ._kqueue import KqueuePoller  # noqa: PLC0415

            return KqueuePoller()
        from ._portable import PortablePoller  # noqa: PLC0415

        return PortablePoller()
