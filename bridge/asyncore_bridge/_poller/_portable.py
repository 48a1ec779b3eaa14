"""Everywhere else: select() or poll() to wait directly, the event loop's own watchers when nested.

Windows has neither epoll nor kqueue, and its select() objects cannot be nested, so each descriptor
is given to ``loop.add_reader()`` and ``loop.add_writer()``; all of them call the same callback, whose
first call serves whatever is ready.  Out-of-band data alone does not wake a nested portable poller,
because asyncio has no watcher for it; it is seen at the next pass.

The Proactor event loop of Windows has no ``add_reader()`` at all: ``nest()`` lets its NotImplementedError out.
"""

from __future__ import annotations

import select
import sys
from typing import TYPE_CHECKING, Callable

from . import ERR, IN, NVAL, OUT, PRI, Events
from ._wakeup import Wakeup

if TYPE_CHECKING:
    import asyncio


class PortablePoller:
    """Masks in a dictionary; :func:`select.poll` where there is one, :func:`select.select` where not."""

    def __init__(self) -> None:
        self._masks: dict[int, int] = {}
        self._wakeup = Wakeup()  # select() does not notice descriptors added while it waits
        self._nested: tuple[asyncio.AbstractEventLoop, Callable[[], object]] | None = None
        self._unwatchable: dict[int, int] = {}  # regular files, which the loop's own selector refuses

    def set(self, fd: int, old: int, new: int) -> None:
        if new:
            self._masks[fd] = new
        else:
            self._masks.pop(fd, None)
        self._unwatchable.pop(fd, None)
        if self._nested is not None:
            self._watch(fd, old, new)

    def poll(self, timeout: float | None, limit: int) -> Events:
        del limit
        if self._unwatchable:
            timeout = 0.0
        return self._wait(timeout)

    def wake(self) -> None:
        self._wakeup.set()

    def was_woken_by(self, fd: int) -> bool:
        if fd != self._wakeup.fileno():
            return False
        self._wakeup.clear()
        return True

    def nest(self, loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
        loop.add_reader(self._wakeup.fileno(), callback)
        self._nested = loop, callback
        for fd, mask in self._masks.items():
            self._watch(fd, 0, mask)

    def unnest(self) -> None:
        if self._nested is None:
            return
        loop, _ = self._nested
        if not loop.is_closed():
            for fd, mask in self._masks.items():
                self._watch(fd, mask, 0)
            loop.remove_reader(self._wakeup.fileno())
        self._nested = None
        self._unwatchable.clear()

    def busy(self) -> bool:
        return bool(self._unwatchable)

    def rebuild(self, registered: Events) -> None:
        self._masks = dict(registered)

    def abandon(self) -> None:
        self._nested = None
        self._masks.clear()
        self._unwatchable.clear()
        self._wakeup.close()
        self._wakeup = Wakeup()

    def close(self) -> None:
        self.unnest()
        self._wakeup.close()

    def _watch(self, fd: int, old: int, new: int) -> None:
        assert self._nested is not None
        loop, callback = self._nested
        for bit, add, remove in (
            (IN, loop.add_reader, loop.remove_reader),
            (OUT, loop.add_writer, loop.remove_writer),
        ):
            if new & bit and not old & bit:
                try:
                    add(fd, callback)
                except PermissionError:
                    self._unwatchable[fd] = new
            elif old & bit and not new & bit:
                remove(fd)

    def _wait(self, timeout: float | None) -> Events:
        if hasattr(select, "poll") and sys.platform != "win32":
            waiting = select.poll()
            waiting.register(self._wakeup.fileno(), IN)
            for fd, mask in self._masks.items():
                waiting.register(fd, mask)
            return waiting.poll(None if timeout is None else max(timeout, 0) * 1000)
        return self._select(timeout)

    def _select(self, timeout: float | None) -> Events:
        masks = self._masks
        readers = [fd for fd, mask in masks.items() if mask & IN]
        writers = [fd for fd, mask in masks.items() if mask & OUT]
        try:
            ready = select.select([*readers, self._wakeup.fileno()], writers, list(masks), timeout)
        except (OSError, ValueError):
            closed = [(fd, NVAL) for fd in masks if not _is_open(fd)]
            if not closed:
                raise
            return closed
        events: dict[int, int] = {}
        for fds, bit in zip(ready, (IN, OUT, PRI)):
            for fd in fds:
                # Windows reports a failed connect() in the exceptional set only
                failed = bit == PRI and sys.platform == "win32"
                events[fd] = events.get(fd, 0) | (bit | ERR if failed else bit)
        return list(events.items())


def _is_open(fd: int) -> bool:
    try:
        select.select([fd], [], [], 0)
    except (OSError, ValueError):
        return False
    return True
