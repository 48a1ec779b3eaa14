"""Driving one socket map, in three ways that share everything but who waits.

1. *Directly*: ``asyncore.poll()``, ``loop(count=n)``, and any pass started by a handler.  The poller waits
   itself; asyncio is not entered at all, except for a turn now and then if this thread has a loop.
2. *On the bridge's own loop*: ``asyncore.loop()``.  The thread's own event loop runs until the map is empty or an
   exception leaves a pass.  The driver does its waiting (``_ownloop``); where the event loop does not let it,
   as uvloop, the poller is nested in the loop instead.
3. *Attached* to an event loop that somebody else runs (``attach()``, ``until_empty()``): ``_turns``.

One thread at a time may do so: it *claims* the map, for a pass or for as long as the loop runs.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
import weakref
from threading import get_ident
from typing import TYPE_CHECKING, Any, Callable

from . import _loops
from ._members import READABLE, SWEEP_COST, WRITABLE
from ._ownloop import OwnLoop
from ._poller import IN
from ._turns import ForkedError, Turns

if TYPE_CHECKING:
    import asyncio

    from ._members import Map
    from .attaching import Attachment

__all__ = ["READABLE", "WRITABLE", "MapDriver", "existing", "of", "put_in_charge", "report"]

CANNOT_WATCH = (
    "this event loop cannot watch sockets (it has no add_reader(); on Windows it is the ProactorEventLoop). "
    "Run it with asyncio.SelectorEventLoop, or serve the classes over transports with serve(), connect() or "
    "as_protocol()."
)

TURN = 16
"""At least every so many direct passes the thread's asyncio loop gets a turn."""


class MapDriver(Turns):
    """Drives the members of one map."""

    __slots__ = (
        "_claim",
        "_until_turn",
        "attachment",
        "claimed_by",
        "closed",
        "host",
    )

    def __init__(self, map: Map) -> None:  # noqa: A002  (the old API's word)
        super().__init__(map)
        self.claimed_by: int | None = None
        self.host: OwnLoop | None = None
        """The event loop whose waiting is done here."""
        self.attachment: Attachment | None = None
        self.closed = False
        self._claim = threading.Lock()
        self._until_turn = TURN
        _all.add(self)

    # -- claims

    def claim(self, patience: float | None) -> bool:
        """Wait at most *patience* seconds (None: for ever) until no other thread drives the map."""
        if self._claim.acquire(False) or self._claim.acquire(True, -1 if patience is None else max(patience, 0)):
            self.claimed_by = self.owner = get_ident()
            return True
        return False

    def leave_dead_loop(self) -> None:
        """Detach from an event loop that was closed, since nobody has done so before."""
        if self.loop is not None and self.loop.is_closed() and self.attachment is not None:
            self.attachment.detach()

    def unclaim(self) -> None:
        """Let other threads drive the map."""
        self.claimed_by = None
        self._claim.release()
        if not self.map:
            self.forget()

    def forget(self) -> None:
        """Give back what an idle driver of an empty map holds; the next pass makes a new one."""
        if not self.map and not self.depth:
            self.retire()

    def retire(self) -> bool:
        """Make room for another driver of the map; return False if this one is at work."""
        if not self._claim.acquire(blocking=False):
            return False
        try:
            with _lock:
                if _drivers.get(id(self.map)) is self:
                    del _drivers[id(self.map)]
            _all.discard(self)
            self.closed = True
            self.owner = None
            self.poller.close()
            return True
        finally:
            self._claim.release()

    # -- members come and go

    def added(self, obj: Any) -> None:
        """Take note that *obj* has just entered the map under its own descriptor."""
        if self.is_elsewhere():
            if not is_unfinished(obj):
                self.call_from_thread(self.sync)
            return
        fd = obj._fileno
        old = self.entries.get(fd)
        if old is not None:
            if old.obj is obj:
                old.touch()
                return
            self.drop(old)
        self.admit(fd, obj)

    def left(self, fd: Any) -> None:
        """Take note that whoever had the descriptor *fd* has just left the map."""
        if self.is_elsewhere():
            self.call_from_thread(self.sync)
            return
        entry = self.entries.get(fd)
        if entry is not None:
            self.drop(entry)
        if not self.depth or self.waiting:
            self.poke()
        if not self.map:
            self.leave_dead_loop()
            self.forget()

    def is_elsewhere(self) -> bool:
        """Whether another thread is driving the map at this moment."""
        return self.claimed_by is not None and self.claimed_by != get_ident()

    # -- 1. directly

    def passes(self, timeout: float | None, use_poll: bool) -> None:
        """Run a direct pass, in a handler or as the only one to drive this map.

        If another thread drives it, that thread's passes are as good as ours: just wait *timeout* seconds.
        """
        me = get_ident()
        nested = self.claimed_by is not None and self.claimed_by == me
        if not nested:
            if not self._claim.acquire(False) and not self.claim(timeout):
                return
            self.claimed_by = self.owner = me
        elif self.holder is not None:
            self.release()  # the handler's output comes before it waits
        try:
            if use_poll is not self.use_poll:
                self.set_mode(bool(use_poll))
            if self.work and timeout != 0 and _loops.running() is None:
                timeout = self._wait_with_asyncio(timeout)
            if not self.closed:
                self._one_pass(timeout)
        finally:
            if not nested:
                self.claimed_by = None
                self._claim.release()
                if not self.map:
                    self.forget()
        if not nested:
            self._until_turn -= 1
            if self._until_turn <= 0 or self.work:
                self._until_turn = TURN
                _loops.give_a_turn()

    def _one_pass(self, timeout: float | None) -> None:
        if self.depth:
            self.generation += 1
        self.depth += 1
        try:
            self.waiting = True  # before looking: what happens after it ends the wait
            try:
                members = len(self.entries)
                if (
                    self.queue
                    or self.vigilant
                    or self.inbox
                    or self._resting
                    or self._unread
                    or not members
                    or members != len(self.map)
                    or self._until_sweep <= 1
                    or (self.host is not None and self.host.has_work)
                ):
                    timeout = self._prepare(timeout)
                    members = len(self.entries)
                else:
                    self._until_sweep -= 1
                events = self.poller.poll(timeout, members + 1)
            finally:
                self.waiting = False
            if self.inbox:
                self.take_calls()
            if events or self._unread:
                self.serve(events)
            elif timeout and timeout > members * SWEEP_COST:
                self._until_sweep = 0  # there was time to look at everybody
        finally:
            self.depth -= 1
            if self._stale:
                self.forget_stale()

    def _prepare(self, timeout: float | None) -> float | None:
        """Do what comes before the wait of a pass; return how long that may take."""
        self.waiting = False
        if self.inbox:
            self.take_calls()
        self.settle()
        if self._unread or self._resting:
            timeout = self.patience(timeout)
        self.waiting = True
        if self.inbox or self.queue or not self.map or (self.host is not None and self.host.has_work):
            return 0.0
        return timeout

    def _wait_with_asyncio(self, timeout: float | None) -> float:
        """Wait on this thread's own event loop, since it has something to do meanwhile; return 0."""
        self.settle()
        loop = _loops.own()
        self.poller.nest(loop, loop.stop)
        self.waiting = True
        timer = None if timeout is None else loop.call_later(timeout, loop.stop)
        try:
            if not self.inbox:
                loop.run_forever()
        finally:
            self.waiting = False
            if timer is not None:
                timer.cancel()
            self.poller.unnest()
        return 0.0

    # -- 2. on the bridge's own loop

    def run(self, timeout: float | None, use_poll: bool) -> None:
        """Run until the map is empty, on this thread's own event loop, unless another thread does.

        A handler may call it: in a direct pass, or in a child that it has forked.
        """
        self.leave_dead_loop()
        nested = self.claimed_by == get_ident()
        if nested or self.claim(0.1):
            self.release()  # a handler's output comes before it waits
            try:
                if not self.closed:
                    self._run(timeout, use_poll)
            except ForkedError:
                pass  # in the child, which goes on with a loop of its own
            finally:
                if not nested:
                    self.unclaim()

    def _run(self, timeout: float | None, use_poll: bool) -> None:
        loop = _loops.own()
        if isinstance(loop, OwnLoop) and loop.guest.fileno() >= 0:
            self._run_as_host(loop, timeout, use_poll)
        else:
            self._run_nested(loop, timeout, use_poll)

    def _run_as_host(self, loop: OwnLoop, timeout: float | None, use_poll: bool) -> None:
        """Run *loop*, and do its waiting: see ``_ownloop``."""

        def wait(patience: float | None) -> bool:
            """Run passes until asyncio has something to do; it would wait *patience* seconds."""
            loop.has_work = False
            end = None if patience is None else time.monotonic() + patience
            while True:
                self._one_pass(
                    timeout if patience is None or (timeout is not None and timeout < patience) else patience
                )
                if self._forked and not self.depth:
                    self._forked = False
                    raise ForkedError
                if not self.map:
                    loop.stop()
                    return False
                if self.guest_is_ready:
                    self.guest_is_ready = False
                    return True
                if loop.has_work or patience == 0:
                    return False
                if end is not None:
                    patience = end - time.monotonic()
                    if patience <= 0:
                        return False

        self.set_mode(use_poll)
        self.host = loop
        self.guest = loop.guest.fileno()
        self.poller.set(self.guest, 0, IN)
        loop.guest.wait = wait
        try:
            loop.run_forever()
        finally:
            loop.guest.wait = self.host = None
            try:
                self.poller.set(self.guest, IN, 0)
            except OSError:
                pass  # in a forked child the poller is a new one
            self.guest = -1

    def _run_nested(self, loop: asyncio.AbstractEventLoop, timeout: float | None, use_poll: bool) -> None:
        """Run *loop* with the poller nested in it: uvloop, and platforms whose selectors cannot be nested."""
        outcome: list[BaseException] = []

        def leave(exc: BaseException | None) -> None:
            if exc is not None:
                outcome.append(exc)
            self.loop = None  # no pass in what is left of this turn
            loop.stop()

        self.enter(loop, timeout, use_poll, leave)
        try:
            loop.run_forever()
        finally:
            self.leave()
        if outcome:
            raise outcome.pop()  # its traceback refers to this frame

    # -- 3. attached

    def attach(self, loop: asyncio.AbstractEventLoop, on_exit: Callable[[BaseException | None], object]) -> None:
        """Run passes on *loop*, which somebody else runs, until ``detach()``.

        *on_exit* is called with None when the map has become empty, and with an exception that left a pass.
        """
        if not self.claim(0):
            raise RuntimeError("another thread, or another event loop, drives this socket map already")
        try:
            self.enter(loop, None, self.use_poll, on_exit)
        except NotImplementedError:
            self.unclaim()
            raise RuntimeError(CANNOT_WATCH) from None
        except BaseException:
            self.unclaim()
            raise

    def detach(self) -> None:
        """Undo ``attach()``."""
        self.leave()
        self.unclaim()

    # -- fork

    def after_fork_in_child(self) -> None:
        """Start again with a poller of our own; the parent's is left as it is."""
        self.poller.abandon()
        for entry in self.entries.values():
            if entry.driver is self:
                entry.mask = 0
        self._forked = (self.loop is not None or self.guest >= 0) and self.depth > 0
        self.guest = -1
        self.loop = None
        self._timer = None
        if self.claimed_by != get_ident():  # by a thread that does not exist here
            self._claim = threading.Lock()
            self.claimed_by = self.owner = None
        for entry in self.entries.values():
            if entry.driver is self:
                entry.queued = True
                self.queue.append(entry)


def is_unfinished(obj: Any) -> bool:
    """Whether *obj* has a stream socket that is neither connected, nor connecting, nor listening yet.

    While another thread is still making it, a pass would find it "hung up" and close it; connect() and
    listen() say when it is worth looking at.
    """
    sock = obj._bridge_sock
    if not isinstance(sock, socket.socket) or sock.type != socket.SOCK_STREAM or obj.accepting or obj.connecting:
        return False
    try:
        sock.getpeername()
    except OSError as exc:
        return exc.errno == errno.ENOTCONN
    return False


# -- the drivers of all maps

_drivers: dict[int, MapDriver] = {}
_all: weakref.WeakSet[MapDriver] = weakref.WeakSet()
_lock = threading.Lock()


def of(map: Map) -> MapDriver:  # noqa: A002
    """Return the driver of *map*; make it if need be."""
    driver = _drivers.get(id(map))
    if driver is not None and driver.map is map:
        return driver
    with _lock:
        driver = _drivers.get(id(map))
        if driver is None or driver.map is not map:
            driver = _drivers[id(map)] = MapDriver(map)
        return driver


def put_in_charge(map: Map, make: Callable[[], MapDriver], fits: Callable[[MapDriver], bool]) -> MapDriver:  # noqa: A002
    """Give *map* a driver of a kind of its own, unless the one that it has *fits*.

    Raises RuntimeError if it has another one that is at work.
    """
    present = existing(map)
    if present is not None:
        if fits(present):
            return present
        if not present.retire():
            raise RuntimeError("this socket map is being served already")
    with _lock:
        driver = _drivers[id(map)] = make()
        return driver


def existing(map: Map) -> MapDriver | None:  # noqa: A002
    """Return the driver of *map* if anybody ever drove it."""
    driver = _drivers.get(id(map))
    return driver if driver is not None and driver.map is map else None


def report(channel: Any, exc: BaseException) -> bool:
    """Give *exc*, which left a handler of *channel*, to whoever awaits its map's end; return whether one does."""
    driver = existing(channel._map)
    return driver is not None and driver.attachment is not None and driver.attachment.deliver(exc)


def _after_fork_in_child() -> None:
    _loops.after_fork_in_child()
    for driver in list(_all):
        driver.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
