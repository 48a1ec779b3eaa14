"""An event loop that lets a driver do its waiting.

asyncio asks its selector to wait: ``select(timeout)`` says for how long there is nothing else to do.  The
selector here hands that over to the driver that is in charge, if there is one.  The driver's poller watches
asyncio's own selector as one more descriptor, and so it can serve pass after pass without going back to
asyncio, which costs nothing that ``asyncore.poll()`` did not cost, and returns as soon as asyncio has
something to do: a descriptor of its own, a timer, or a callback that a handler has scheduled.

Only documented means are used: the *selector* argument of SelectorEventLoop, and overridden public methods.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Mapping

Wait = Callable[["float | None"], bool]
"""Takes the seconds that asyncio would wait (None: for ever), returns whether its descriptors are ready."""


class GuestSelector(selectors.BaseSelector):
    """asyncio's descriptors, in a selector of the usual kind, and who waits for them."""

    def __init__(self) -> None:
        self.inner = selectors.DefaultSelector()
        self.wait: Wait | None = None

    def fileno(self) -> int:
        """Return the descriptor of the selector itself; -1 if it has none (select() on Windows)."""
        fileno = getattr(self.inner, "fileno", None)
        return -1 if fileno is None else int(fileno())

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.wait is None:
            return self.inner.select(timeout)
        return self.inner.select(0) if self.wait(timeout) else []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self.inner.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self.inner.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self.inner.modify(fileobj, events, data)

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self.inner.get_key(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self.inner.get_map()

    def close(self) -> None:
        self.inner.close()


class OwnLoop(asyncio.SelectorEventLoop):
    """The loop for it; ``has_work`` tells that something was scheduled since the driver took over."""

    def __init__(self) -> None:
        self.guest = GuestSelector()
        self.has_work = False
        super().__init__(self.guest)

    def call_soon(self, *args: Any, **kwargs: Any) -> asyncio.Handle:  # type: ignore[override]
        self.has_work = True
        return super().call_soon(*args, **kwargs)

    def call_at(self, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:  # type: ignore[override]
        self.has_work = True
        return super().call_at(*args, **kwargs)
