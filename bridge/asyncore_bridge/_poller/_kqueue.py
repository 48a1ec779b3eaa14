"""macOS and the BSDs: a kqueue, nested in the event loop by its own descriptor.

A kqueue has one filter for reading and one for writing; their end-of-file flag is what select() called
readable (and, with an error, writable).  Out-of-band data has no portable filter: a kqueue does not
report it, so ``handle_expt()`` is not called there.
"""

from __future__ import annotations

import select
import sys
from typing import TYPE_CHECKING, Callable

from . import ERR, HUP, IN, OUT, Events
from ._wakeup import MAKING, Wakeup

if TYPE_CHECKING:
    import asyncio

if sys.platform != "linux" and sys.platform != "win32":

    class KqueuePoller:
        """A :class:`select.kqueue` object; changes are applied one by one, so that errors name their descriptor."""

        def __init__(self) -> None:
            self._kqueue = select.kqueue()
            self._wakeup: Wakeup | None = None
            self._nested: tuple[asyncio.AbstractEventLoop, Callable[[], object]] | None = None

        def set(self, fd: int, old: int, new: int) -> None:
            for bit, kind in ((IN, select.KQ_FILTER_READ), (OUT, select.KQ_FILTER_WRITE)):
                if new & bit and not old & bit:
                    self._control(fd, kind, select.KQ_EV_ADD)
                elif old & bit and not new & bit:
                    try:
                        self._control(fd, kind, select.KQ_EV_DELETE)
                    except OSError:
                        pass  # closing a descriptor removes its filters

        def poll(self, timeout: float | None, limit: int) -> Events:
            masks: dict[int, int] = {}
            for event in self._kqueue.control(None, 2 * limit + 1, timeout):
                mask = IN if event.filter == select.KQ_FILTER_READ else OUT
                if event.flags & select.KQ_EV_EOF:
                    mask |= HUP
                    if event.fflags:
                        mask |= ERR
                masks[event.ident] = masks.get(event.ident, 0) | mask
            return list(masks.items())

        def wake(self) -> None:
            with MAKING:
                wakeup = self._wakeup
                if wakeup is None:
                    if self._kqueue.closed:
                        return
                    self._wakeup = wakeup = Wakeup()
                    self._control(wakeup.fileno(), select.KQ_FILTER_READ, select.KQ_EV_ADD)
            wakeup.set()

        def was_woken_by(self, fd: int) -> bool:
            if self._wakeup is None or fd != self._wakeup.fileno():
                return False
            self._wakeup.clear()
            return True

        def nest(self, loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
            loop.add_reader(self._kqueue.fileno(), callback)
            self._nested = loop, callback

        def unnest(self) -> None:
            if self._nested is not None:
                loop, _ = self._nested
                self._nested = None
                if not loop.is_closed():
                    loop.remove_reader(self._kqueue.fileno())

        def busy(self) -> bool:
            return False

        def rebuild(self, registered: Events) -> None:
            nested = self._nested
            self.close()
            self._kqueue = select.kqueue()
            self._wakeup = None
            for fd, mask in registered:
                try:
                    self.set(fd, 0, mask)
                except OSError:
                    pass
            if nested is not None:
                self.nest(*nested)

        def abandon(self) -> None:
            self._nested = None
            try:
                self._kqueue.close()  # before a new one can take its number
            except OSError:
                pass  # a kqueue is not inherited by fork(): there was nothing left to close
            self._kqueue = select.kqueue()
            self._wakeup = None

        def close(self) -> None:
            self.unnest()
            self._kqueue.close()
            if self._wakeup is not None:
                self._wakeup.close()

        def _control(self, fd: int, kind: int, flags: int) -> None:
            self._kqueue.control([select.kevent(fd, kind, flags)], 0, 0)
