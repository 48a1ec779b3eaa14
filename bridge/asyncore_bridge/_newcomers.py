"""Waiting for those who have connected before: asyncio's servers accept first, then comes what others have sent.

asyncore's listeners accepted in the pass in which others read.  asyncio makes a session of a connection some turns
of the event loop later, and what is read in the meantime would not meet it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from ._poller import IN

if TYPE_CHECKING:
    import asyncio

    from ._poller import Events

ACCEPTING = 6
"""Turns of the event loop in which asyncio makes a session of a connection, and those before it looks for that."""


class Newcomers:
    """Has input wait for some turns of *loop*; then *go_on* is called, which may handle it."""

    __slots__ = ("_go_on", "_loop", "_turns")

    def __init__(self, loop: asyncio.AbstractEventLoop, go_on: Callable[[], object]) -> None:
        self._loop = loop
        self._go_on = go_on
        self._turns = -1  # for which input still has to wait; negative if none does

    def before(self, events: Events, accepts: Callable[[int], bool]) -> Events:
        """Return those events that need not wait: input does, but for descriptors of which *accepts* is true."""
        early = [(fd, flags) for fd, flags in events if not flags & IN or accepts(fd)]
        if self._turns == 0 or len(early) == len(events):
            return events
        if self._turns < 0:
            self._turns = ACCEPTING
            self._loop.call_soon(self._count)
        return early

    def _count(self) -> None:
        self._turns -= 1
        if self._turns > 0:
            self._loop.call_soon(self._count)
            return
        try:
            self._go_on()
        finally:
            self._turns = -1
