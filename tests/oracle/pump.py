"""One thread, one selector: every wait of a drive keeps all sockets and pipes of its run moving.

So a drive can stay a straight line of calls, nothing a program sends is ever left lying about (a full pipe
would block it), and everything is recorded in the order in which it came.
"""

from __future__ import annotations

import selectors
import time
from typing import Any, Callable

TICK = 0.02
"""Longest sleep in seconds while waiting for something that no selector reports, such as the end of a process."""


class Pump:
    """Waits for conditions while it serves everything that is watched.

    No wait goes on past *limit* seconds after the pump was made: a run that hangs ends.
    """

    def __init__(self, limit: float) -> None:
        self._selector = selectors.DefaultSelector()
        self._end = time.monotonic() + limit

    @property
    def out_of_time(self) -> bool:
        """Whether the whole run has used up its time."""
        return time.monotonic() >= self._end

    def watch(self, source: Any, when_readable: Callable[[], None]) -> None:
        """Call *when_readable* whenever *source* (a socket or pipe) has something."""
        self._selector.register(source, selectors.EVENT_READ, when_readable)

    def forget(self, source: Any) -> None:
        """Stop watching *source*."""
        self._selector.unregister(source)

    def turn(self, seconds: float = 0.0) -> bool:
        """Serve what is ready, waiting up to *seconds* for the first of it; say whether there was anything."""
        ready = self._selector.select(seconds)
        for key, _ in ready:
            if key.fileobj in self._selector.get_map():  # an earlier callback may have closed it
                key.data()
        return bool(ready)

    def until(self, condition: Callable[[], object], seconds: float) -> bool:
        """Serve everything until *condition* holds; return False after *seconds*."""
        end = min(self._end, time.monotonic() + seconds)
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                return False
            self.turn(min(left, TICK))
        return True

    def close(self) -> None:
        """Let go of everything."""
        self._selector.close()
