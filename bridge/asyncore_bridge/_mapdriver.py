"""Driving one socket map: a poller, the map's members, and three ways of running passes.

1. *Directly*: ``asyncore.poll()``, ``loop(count=n)``, and any pass started by a handler.  The poller waits
   itself; asyncio is not entered at all, except for a turn now and then if this thread has a loop.
2. *On the bridge's own loop*: ``asyncore.loop()``.  The poller is nested in the thread's own event loop,
   which runs until the map is empty or an exception leaves a pass.
3. *Attached* to an event loop that somebody else runs (``attach()``, ``until_empty()``).

The map is the truth, as it was for asyncore, and user code may do to it what it likes: it is compared with
the table of entries whenever its size is not the expected one, and now and then anyhow.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import logging
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Callable

from . import _loops, _poller, _serve
from ._driver import Claim, Driver
from ._interest import Entry
from ._poller import ERR, HUP, IN, NVAL, OUT, PRI

if TYPE_CHECKING:
    import asyncio
    from collections.abc import MutableMapping

    from .attaching import Attachment

    Map = MutableMapping[Any, Any]

logger = logging.getLogger("asyncore_bridge")

ATTACHED_TIMEOUT = 0.05
"""Seconds between two looks at overridden predicates on somebody else's loop, whose other tasks may
change what they look at."""

TURN = 16
"""At least every so many direct passes the thread's asyncio loop gets a turn."""


class ForkedError(SystemExit):
    """Unwinds the event loop that a forked child inherited in the middle of a handler."""


class MapDriver(Driver):
    """Drives the members of one map."""

    def __init__(self, map: Map) -> None:  # noqa: A002  (the old API's word)
        super().__init__()
        self.map = map
        self.entries: dict[Any, Entry] = {}
        self.poller = _poller.new()
        self.claim = Claim()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.attachment: Attachment | None = None
        self.closed = False
        self.forked = False
        self._scheduled = False
        self._poked = False
        self._timer: asyncio.TimerHandle | None = None
        self._timeout: float | None = None
        self._seq = itertools.count()
        self._generation = 0
        self._until_sweep = 256
        self._until_turn = TURN
        self._resting: dict[Entry, float] = {}
        self._unread: dict[Entry, None] = {}
        self._on_exit: Callable[[BaseException | None], None] = lambda _exc: None
        _all.add(self)

    # -- members

    def added(self, obj: Any) -> None:
        """Take note that *obj* has just entered the map under its own descriptor."""
        if self._is_elsewhere():
            self.call_from_thread(self.sync)
            return
        fd = obj._fileno
        old = self.entries.get(fd)
        if old is not None:
            if old.obj is obj:
                old.touch()
                return
            self._drop(old)
        self._admit(fd, obj)

    def left(self, fd: Any) -> None:
        """Take note that whoever had the descriptor *fd* has just left the map."""
        if self._is_elsewhere():
            self.call_from_thread(self.sync)
            return
        entry = self.entries.get(fd)
        if entry is not None:
            self._drop(entry)
        if not self.depth or self.waiting:
            self.poke()
        self._forget_if_empty()

    def _is_elsewhere(self) -> bool:
        """Whether another thread is driving the map at this moment."""
        return self.claim.holder is not None and not self.claim.is_mine()

    def _admit(self, fd: Any, obj: Any) -> None:
        elsewhere = getattr(obj, "_bridge", None)
        if elsewhere is not None and elsewhere.live and not isinstance(elsewhere.driver, MapDriver):
            self.entries[fd] = elsewhere  # a transport drives it; it only counts
            return
        entry = Entry(self, fd, obj, next(self._seq))
        self.entries[fd] = entry
        with contextlib.suppress(AttributeError):  # objects with slots
            obj._bridge = entry
        self.enlist(entry)

    def _drop(self, entry: Entry) -> None:
        if self.entries.get(entry.fd) is entry:
            del self.entries[entry.fd]
        if entry.driver is not self:
            return
        self.dismiss(entry)
        self._resting.pop(entry, None)
        self._unread.pop(entry, None)
        if entry.mask:
            try:
                self.poller.set(entry.fd, entry.mask, 0)
            except (OSError, ValueError, TypeError):
                pass  # closed already, which the poller noticed by itself
            entry.mask = 0

    def sync(self) -> None:
        """Make the entries those of the map, whatever user code did to it."""
        for fd, entry in list(self.entries.items()):
            if self.map.get(fd) is not entry.obj:
                self._drop(entry)
        for fd, obj in list(self.map.items()):
            if fd not in self.entries:
                self._admit(fd, obj)

    def sweep(self) -> None:
        """Look at every member, as asyncore did on every pass."""
        self._until_sweep = max(256, 4 * len(self.entries))
        self.sync()
        for entry in list(self.entries.values()):
            if not entry.live or entry.driver is not self:
                continue
            if entry.stock and not entry.looks_stock():
                entry.stock = False
                self.enlist(entry)
            if _is_closed(entry.fd):
                self._lose(entry)
            elif entry.stock:
                self.ask(entry)

    # -- predicates

    def settle(self) -> None:
        self._until_sweep -= 1
        if self._until_sweep <= 0:
            self.sweep()
        elif len(self.map) != len(self.entries):
            self.sync()
        if self._resting:
            self._wake_resting()
        super().settle()

    def ask(self, entry: Entry) -> None:
        mask = entry.wanted()
        if mask != entry.mask and entry.live:
            try:
                self.poller.set(entry.fd, entry.mask, mask)
                entry.mask = mask
            except ValueError:
                self._lose(entry)
            except OSError as exc:
                if exc.errno != errno.EBADF:
                    raise
                self._lose(entry)

    def _lose(self, entry: Entry) -> None:
        """Let go of a member whose descriptor was closed behind the back of close()."""
        if not self._is_current(entry):
            self._drop(entry)  # another thread has just closed it properly
            return
        if self.use_poll:
            _serve.readwrite(entry, NVAL)  # what poll() reported, so handle_close() runs
            if not entry.live:
                return
        self._drop(entry)
        if self.map.get(entry.fd) is entry.obj:
            del self.map[entry.fd]
        logger.warning(
            "%r: descriptor %r was closed without close(); the channel is no longer watched",
            entry.obj,
            entry.fd,
        )

    def rest(self, entry: Entry, seconds: float) -> None:
        entry.resting = True
        self._resting[entry] = time.monotonic() + seconds
        entry.touch()
        if self.loop is not None:
            self.loop.call_later(seconds, self._on_timeout_once)

    def _wake_resting(self) -> None:
        now = time.monotonic()
        for entry, until in list(self._resting.items()):
            if until <= now:
                del self._resting[entry]
                entry.resting = False
                entry.touch()

    # -- one pass

    def _poll(self, timeout: float | None) -> _poller.Events:
        return self.poller.poll(timeout, len(self.entries))

    def _serve(self, events: _poller.Events) -> None:
        """Serve a batch of ready members: select()'s order, or poll()'s."""
        batch = self._batch(events)
        if self.use_poll:
            self._serve_each(batch)
        else:
            self._serve_by_kind(batch)

    def _batch(self, events: _poller.Events) -> list[tuple[Entry, int]]:
        """Return who is ready and for what, in map order."""
        batch: list[tuple[Entry, int]] = []
        entries = self.entries
        for fd, flags in events:
            entry = entries.get(fd)
            if entry is None or not entry.mask:
                self._stray(fd, flags)
            else:
                batch.append((entry, flags))
        if self._unread:
            known = {entry for entry, _ in batch}
            for entry in list(self._unread):
                if entry.mask & IN:
                    del self._unread[entry]
                    if entry not in known:
                        batch.append((entry, IN))
        if len(batch) > 1:
            batch.sort(key=_by_seq)
        return batch

    def _serve_by_kind(self, batch: list[tuple[Entry, int]]) -> None:
        """select()'s order: all that can be read, then all that can be written, then the exceptional."""
        if len(batch) == 1:
            entry, flags = batch[0]
            if not flags & (OUT | PRI) and entry.mask & IN:  # by far the most frequent pass
                if self._is_current(entry):
                    try:
                        _serve.read(entry)
                    finally:
                        self._served(entry)
                return
        generation = self._generation
        for wanted, also, serve in (
            (IN, HUP | ERR, _serve.read),
            (OUT, ERR, _serve.write),
            (PRI, 0, _serve.exception),
        ):
            chosen = [entry for entry, flags in batch if flags & (wanted | also) and entry.mask & wanted]
            for entry in chosen:
                if self._is_current(entry) and (
                    generation == self._generation or self._is_still(entry, wanted | also)
                ):
                    try:
                        serve(entry)
                    finally:
                        self._served(entry)

    def _serve_each(self, batch: list[tuple[Entry, int]]) -> None:
        """poll()'s order: each member in turn, everything at once."""
        generation = self._generation
        for entry, flags in batch:
            told = flags & (entry.mask | HUP | ERR | NVAL)
            if told and self._is_current(entry) and (generation == self._generation or self._is_still(entry, told)):
                try:
                    _serve.readwrite(entry, told)
                finally:
                    self._served(entry)

    def _is_current(self, entry: Entry) -> bool:
        """Whether the member is still in the map, and not another one that got its number."""
        return entry.live and self.map.get(entry.fd) is entry.obj

    def _is_still(self, entry: Entry, flags: int) -> bool:
        """After a nested pass, which may have served it: whether the member is (still) ready."""
        if entry in self._unread:
            return True
        return any(fd == entry.fd and ready & flags for fd, ready in self._poll(0))

    def _served(self, entry: Entry) -> None:
        if entry.live:
            if not entry.queued:
                entry.queued = True
                self._queue.append(entry)
            if entry.tls:
                try:
                    if entry.obj.socket.pending():
                        self._unread[entry] = None
                except (AttributeError, ValueError, OSError):
                    pass  # closed, or not a TLS socket any more

    def _stray(self, fd: int, flags: int) -> None:
        """Deal with an event for a descriptor that is in nobody's name.

        It was closed while a copy lives elsewhere (dup, a forked child): such a registration cannot be
        removed, and would be reported for ever.
        """
        del flags
        try:
            self.poller.set(fd, IN, 0)
        except (OSError, ValueError):
            self.poller.rebuild(
                [(e.fd, e.mask) for e in self.entries.values() if e.driver is self and e.mask and e.fd != fd]
            )

    def one_pass(self, timeout: float | None, use_poll: bool) -> None:
        """Run one direct pass, waiting at most *timeout* seconds.  The caller has the claim."""
        self.own()
        self.release()
        self._set_mode(use_poll)
        self._generation += 1
        self.depth += 1
        try:
            self.take_calls()
            self.settle()
            if self._unread and any(entry.mask & IN for entry in self._unread):
                timeout = 0.0
            if self._resting:
                timeout = _serve.REST if timeout is None else min(timeout, _serve.REST)
            self.waiting = True
            try:
                events = self._poll(timeout)
            finally:
                self.waiting = False
            if self.inbox:
                self.take_calls()
            self._serve(events)
        finally:
            self.depth -= 1

    def _set_mode(self, use_poll: bool) -> None:
        if use_poll != self.use_poll:
            self.use_poll = use_poll
            for entry in self.entries.values():
                entry.touch()

    def passes(self, timeout: float | None, use_poll: bool) -> None:
        """Run a direct pass, in a handler or as the only one to drive this map.

        If another thread drives it, that thread's passes are as good as ours: just wait *timeout* seconds.
        """
        if self.claim.is_mine():
            self.one_pass(timeout, use_poll)
        elif self.claim.take(timeout):
            try:
                if not self.closed:
                    self.one_pass(timeout, use_poll)
            finally:
                self.claim.drop()
                self._forget_if_empty()
            self._give_asyncio_a_turn()

    def _give_asyncio_a_turn(self) -> None:
        self._until_turn -= 1
        if self._until_turn <= 0:
            self._until_turn = TURN
            loop = _loops.existing()
            if loop is not None and _loops.running() is None:
                _loops.turn(loop)

    # -- 2. on the bridge's own loop

    def run(self, timeout: float | None, use_poll: bool) -> None:
        """Run until the map is empty, on this thread's own event loop, unless another thread does."""
        if self.claim.take(0.1):
            try:
                if not self.closed:
                    self._run(timeout, use_poll)
            except ForkedError:
                pass  # in the child, which goes on with a loop of its own
            finally:
                self.claim.drop()
                self._forget_if_empty()

    def _run(self, timeout: float | None, use_poll: bool) -> None:
        loop = _loops.own()
        outcome: list[BaseException] = []

        def leave(exc: BaseException | None) -> None:
            if exc is not None:
                outcome.append(exc)
            loop.stop()

        self._enter(loop, timeout, use_poll, leave)
        try:
            loop.run_forever()
        finally:
            self._leave()
        if outcome:
            raise outcome[0]

    # -- 3. attached, and what 2 and 3 share

    def attach(self, loop: asyncio.AbstractEventLoop, on_exit: Callable[[BaseException | None], None]) -> None:
        """Run passes on *loop*, which somebody else runs, until ``detach()``.

        *on_exit* is called with None when the map has become empty, and with an exception that left a pass.
        """
        if not self.claim.take(0):
            raise RuntimeError("another thread, or another event loop, drives this socket map already")
        self._enter(loop, None, self.use_poll, on_exit)

    def detach(self) -> None:
        """Undo ``attach()``."""
        self._leave()
        self.claim.drop()
        self._forget_if_empty()

    def _forget_if_empty(self) -> None:
        """Give back what an idle driver of an empty map holds; the next pass makes a new one."""
        if self.map or self.depth or not self.claim.take(0):
            return
        try:
            with _lock:
                if _drivers.get(id(self.map)) is self:
                    del _drivers[id(self.map)]
            _all.discard(self)
            self.closed = True
            self.poller.close()
        finally:
            self.claim.drop()

    def _enter(
        self,
        loop: asyncio.AbstractEventLoop,
        timeout: float | None,
        use_poll: bool,
        on_exit: Callable[[BaseException | None], None],
    ) -> None:
        self.own()
        self._set_mode(use_poll)
        self._on_exit = on_exit
        self.poller.nest(loop, self._on_ready)
        self.loop = loop
        self._timeout = timeout
        self._soon()
        self._arm()

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.loop = None
        self._scheduled = self._poked = False
        self.poller.unnest()

    def _soon(self) -> None:
        """Have a pass run in the next turn of the event loop."""
        if not self._scheduled and self.loop is not None:
            self._scheduled = True
            self.loop.call_soon(self._on_ready)

    def _on_ready(self) -> None:
        if self.loop is None or (self.depth and self.waiting):
            return
        self._scheduled = self._poked = False
        self._generation += 1
        self.depth += 1
        try:
            if self.inbox:
                self.take_calls()
            self._serve(self._poll(0.0))
            if self.forked:
                self.forked = False
                raise ForkedError
            self.settle()
        except ForkedError:
            raise
        except BaseException as exc:  # what leaves a pass leaves the loop
            self._on_exit(exc)
            self._soon()
            return
        finally:
            self.depth -= 1
        if not self.map:
            self._on_exit(None)
        elif self.poller.busy() or self._unread or self._timeout == 0:
            self._soon()

    def _arm(self) -> None:
        """Start the timer which ends a pass in which nothing happens."""
        assert self.loop is not None
        timeout = self._timeout
        if timeout is None:
            timeout = ATTACHED_TIMEOUT
        if timeout > 0:
            self._timer = self.loop.call_later(timeout, self._on_timeout)

    def _on_timeout(self) -> None:
        self._arm()
        if self._timeout is not None:
            self._until_sweep = 0
        self._on_ready()

    def _on_timeout_once(self) -> None:
        if self.loop is not None:
            self._on_ready()

    # -- waking

    def poke(self) -> None:
        loop = self.loop
        if loop is not None:
            if not self._poked:
                self._poked = True
                # also from signal handlers and other threads, which must end the loop's wait
                with contextlib.suppress(RuntimeError):  # it was closed meanwhile
                    loop.call_soon_threadsafe(self._on_ready)
        elif self.waiting:
            self.poller.wake()

    # -- fork

    def before_fork(self) -> None:
        """Send what is held back: two processes would send it twice."""
        if not self.is_foreign():
            self.release()

    def after_fork_in_child(self) -> None:
        """Start again with a poller of our own; the parent's is left as it is."""
        self.poller.abandon()
        for entry in self.entries.values():
            if entry.driver is self:
                entry.mask = 0
                entry.touch()
        self.forked = self.loop is not None and self.depth > 0
        self.loop = None
        self._timer = None
        self._scheduled = False
        if not self.claim.is_mine():
            self.claim = Claim()
        if not self.depth:
            self.owner = None


# -- the drivers of all maps

_drivers: dict[int, MapDriver] = {}
_all: weakref.WeakSet[MapDriver] = weakref.WeakSet()
_lock = threading.Lock()


def of(map: Map) -> MapDriver:  # noqa: A002
    """Return the driver of *map*; make it if need be."""
    driver = _drivers.get(id(map))
    if driver is None or driver.map is not map:
        with _lock:
            driver = _drivers.get(id(map))
            if driver is None or driver.map is not map:
                driver = _drivers[id(map)] = MapDriver(map)
    return driver


def existing(map: Map) -> MapDriver | None:  # noqa: A002
    """Return the driver of *map* if anybody ever drove it."""
    driver = _drivers.get(id(map))
    return driver if driver is not None and driver.map is map else None


def passes(map: Map, timeout: float | None, use_poll: bool, count: int | None) -> None:  # noqa: A002
    """Run *count* direct passes over *map* (None: until it is empty)."""
    while map and (count is None or count > 0):
        of(map).passes(timeout, use_poll)
        if count is not None:
            count -= 1


def run(map: Map, timeout: float | None, use_poll: bool) -> None:  # noqa: A002
    """Drive *map* on this thread's own event loop until it is empty."""
    while map:
        of(map).run(timeout, use_poll)


def _by_seq(item: tuple[Entry, int]) -> int:
    return item[0].seq


def _is_closed(fd: Any) -> bool:
    try:
        os.fstat(fd)
    except OSError as exc:
        return exc.errno == errno.EBADF
    except (TypeError, ValueError, OverflowError):
        return True
    return False


def _before_fork() -> None:
    for driver in list(_all):
        driver.before_fork()


def _after_fork_in_child() -> None:
    _loops.after_fork_in_child()
    for driver in list(_all):
        driver.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
