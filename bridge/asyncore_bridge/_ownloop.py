"""An event loop that lets a driver do its waiting.

asyncio asks its selector to wait: ``select(timeout)`` says for how long there is nothing else to do.  The
selector here hands that over to the driver that is in charge, if there is one.  The driver's poller watches
asyncio's own selector as one more descriptor, and so it can serve pass after pass without going back to
asyncio, which costs nothing that ``asyncore.poll()`` did not cost, and returns as soon as asyncio has
something to do: a descriptor of its own, a timer, or a callback that a handler has scheduled.

A signal must end the wait, too.  Python runs its handler between two instructions; one that arrives after the last
of them and before the system call would otherwise be seen when the wait is over: Ctrl-C seemed to do nothing for up
to loop()'s 30 seconds.  Therefore the main thread's loop watches a descriptor that Python writes to at each signal.

Only documented means are used: the *selector* argument of SelectorEventLoop, overridden public methods, and
signal.set_wakeup_fd().
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import signal
import threading
from typing import TYPE_CHECKING, Any, Callable

from ._poller._wakeup import Wakeup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        self._signalled: Wakeup | None = None
        super().__init__(self.guest)

    def run_forever(self) -> None:
        with self._woken_by_signals():
            super().run_forever()

    def take_a_turn(self) -> None:
        """Do what is due now, without waiting, so that there is no wait for a signal to end."""
        self.call_soon(self.stop)
        super().run_forever()

    def close(self) -> None:
        if self._signalled is not None and not self.is_running():
            self.remove_reader(self._signalled.fileno())
            self._signalled.close()
            self._signalled = None
        super().close()

    @contextlib.contextmanager
    def _woken_by_signals(self) -> Iterator[None]:
        """Let signals end the wait, unless the program has a wakeup descriptor of its own, which does that."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        if self._signalled is None:
            self._signalled = Wakeup()
            self.add_reader(self._signalled.fileno(), self._signalled.clear)
        ours = self._signalled.writer
        _replace_wakeup_fd(-1, ours)
        try:
            yield
        finally:
            _replace_wakeup_fd(ours, -1)

    def stop_waking_on_signals(self) -> None:
        """In a forked child: leave the descriptor to the parent, which has the other end of it."""
        if self._signalled is not None:
            _replace_wakeup_fd(self._signalled.writer, -1)

    def call_soon(self, *args: Any, **kwargs: Any) -> asyncio.Handle:  # type: ignore[override]
        self.has_work = True
        return super().call_soon(*args, **kwargs)

    def call_at(self, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:  # type: ignore[override]
        self.has_work = True
        return super().call_at(*args, **kwargs)


def _replace_wakeup_fd(old: int, new: int) -> None:
    """Make *new* the descriptor that signals write to if *old* is it (-1: none), and nobody else's."""
    current = signal.set_wakeup_fd(new, warn_on_full_buffer=False)
    if current != old:
        with contextlib.suppress(OSError, ValueError):  # closed meanwhile by whoever has set it
            signal.set_wakeup_fd(current, warn_on_full_buffer=False)
