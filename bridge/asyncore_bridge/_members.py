"""The members of one socket map: who they are, what they want to be told, and telling them.

The map is the truth, as it was for asyncore, and user code may do to it what it likes: it is compared with
the table of entries whenever its size is not the expected one, and now and then anyhow.

A pass serves a batch of ready members in asyncore's order: like select(), all that can be read in map order,
then all that can be written, then the exceptional; or like poll(), each member in turn with everything at
once.  Unlike asyncore, a member is told only what was found out about *it*: one that left the map meanwhile, or
whose descriptor is somebody else's by now, is passed over.
"""

from __future__ import annotations

import errno
import itertools
import logging
import os
import time
from typing import TYPE_CHECKING, Any, Callable

from . import _poller, _serve
from ._driver import Driver
from ._errors import RERAISED, blame
from ._interest import READ, Entry
from ._poller import ERR, HUP, IN, NVAL, OUT, PRI

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    Map = MutableMapping[Any, Any]
    Ready = tuple[int, Entry, int]
    """Position in the map, member, and what it is ready for."""

logger = logging.getLogger("asyncore_bridge")

READABLE = IN | HUP | ERR
WRITABLE = OUT | ERR
"""What select() called readable and writable, in the bits of poll()."""

UNASKED = HUP | ERR | NVAL
"""What poll() reports whether or not it was asked for."""

SWEEP = 256
"""Passes between two looks at every member; more if there are many, so that it costs next to nothing."""


SWEEP_COST = 2e-5
"""Seconds of idleness, for each member, that make another look at all of them negligible."""


class Members(Driver):
    """A map, a poller that watches its members, and what a pass does with them."""

    __slots__ = (
        "_resting",
        "_seq",
        "_stale",
        "_unread",
        "_until_sweep",
        "entries",
        "generation",
        "guest",
        "guest_is_ready",
        "map",
        "poller",
    )

    def __init__(self, map: Map) -> None:  # noqa: A002  (the old API's word)
        super().__init__()
        self.map = map
        self.entries: dict[Any, Entry] = {}
        self.poller = _poller.new()
        self.generation = 0
        """Moves under a handler that starts a nested pass."""
        self.guest = -1
        """The descriptor of asyncio's selector, which the poller watches, too, or -1."""
        self.guest_is_ready = False
        self._seq = itertools.count()
        self._until_sweep = SWEEP
        self._resting: dict[Entry, float] = {}
        self._unread: dict[Entry, None] = {}
        self._stale = False

    # -- who

    def admit(self, fd: Any, obj: Any) -> None:
        """Make an entry for *obj*, which is in the map under *fd*."""
        elsewhere = getattr(obj, "_bridge", None)
        if elsewhere is not None and elsewhere.live and elsewhere.sock is not None:
            self.entries[fd] = elsewhere  # a transport drives it; here it only counts
            return
        entry = Entry(self, fd, obj, next(self._seq))
        self.entries[fd] = entry
        try:
            obj._bridge = entry
        except AttributeError:
            pass  # an object with slots
        self.enlist(entry)

    def drop(self, entry: Entry) -> None:
        """Forget a member that has left the map."""
        if self.entries.get(entry.fd) is entry:
            del self.entries[entry.fd]
        if entry.driver is not self:
            return
        if self.holder is entry.obj:
            self.release()
        self.dismiss(entry)
        # a channel that has closed, and that nobody else refers to, is to go at once, with all that it holds
        if entry.queued:
            self._stale = True
            if not self.depth:
                self.forget_stale()
        if getattr(entry.obj, "_bridge", None) is entry:
            entry.obj._bridge = None
            if entry.dispatcher:
                entry.obj._bridge_left = self
        if self._resting:
            self._resting.pop(entry, None)
        if self._unread:
            self._unread.pop(entry, None)
        self.unwatch(entry)

    def unwatch(self, entry: Entry) -> None:
        """Watch for nothing that *entry* wanted."""
        if entry.mask:
            try:
                self.poller.set(entry.fd, entry.mask, 0)
            except (OSError, ValueError, TypeError):
                pass  # closed already, which the poller noticed by itself
            entry.mask = 0

    def forget_stale(self) -> None:
        """Ask nothing of members that have left the map."""
        if self._stale:
            self._stale = False
            self.queue = [entry for entry in self.queue if entry.live]

    def sync(self) -> None:
        """Make the entries those of the map, whatever user code did to it."""
        for fd, entry in list(self.entries.items()):
            if self.map.get(fd) is not entry.obj:
                self.drop(entry)
        for fd, obj in list(self.map.items()):
            if fd not in self.entries:
                self.admit(fd, obj)

    def sweep(self) -> None:
        """Look at every member, as asyncore did on every pass."""
        self._until_sweep = max(SWEEP, 4 * len(self.entries))
        self.sync()
        for entry in list(self.entries.values()):
            if not entry.live or entry.driver is not self:
                continue
            self.look_at(entry)
            if _is_closed(entry.fd):
                self.lose(entry)
            elif entry.stock:
                self.ask(entry)

    def lose(self, entry: Entry) -> None:
        """Let go of a member whose descriptor was closed behind the back of close()."""
        if not self.is_current(entry):
            self.drop(entry)  # another thread has just closed it properly
            return
        if self.use_poll:
            _serve.readwrite(entry, NVAL)  # what poll() reported, so handle_close() runs
            if not entry.live:
                return
        self.drop(entry)
        if self.map.get(entry.fd) is entry.obj:
            del self.map[entry.fd]
        logger.warning(
            "%r: descriptor %r was closed without close(); the channel is no longer watched", entry.obj, entry.fd
        )

    def is_current(self, entry: Entry) -> bool:
        """Whether the member is still in the map, and not another one that got its number."""
        return entry.live and self.map.get(entry.fd) is entry.obj

    # -- what they want

    def settle(self) -> None:
        self._until_sweep -= 1
        if self._until_sweep <= 0:
            self.sweep()
        elif len(self.map) != len(self.entries):
            self.sync()
        if self._resting:
            self._wake_resting()
        while self.queue:
            self.ask_touched()
        if self.vigilant:
            self.ask_vigilant()

    def ask(self, entry: Entry) -> None:
        try:
            mask = entry.wanted()
        except BaseException as exc:
            blame(exc, entry.obj)
            raise
        if mask != entry.mask and entry.live:
            try:
                self.poller.set(entry.fd, entry.mask, mask)
                entry.mask = mask
            except ValueError:
                self.lose(entry)
            except OSError as exc:
                if exc.errno != errno.EBADF:
                    raise
                self.lose(entry)

    def set_mode(self, use_poll: bool) -> None:
        """Change between select()'s and poll()'s way of serving."""
        if use_poll != self.use_poll:
            self.use_poll = use_poll
            for entry in self.entries.values():
                entry.touch()

    def rest(self, entry: Entry, seconds: float) -> None:
        entry.resting = True
        self._resting[entry] = time.monotonic() + seconds
        entry.touch()

    def _wake_resting(self) -> None:
        now = time.monotonic()
        for entry, until in list(self._resting.items()):
            if until <= now:
                del self._resting[entry]
                entry.resting = False
                entry.touch()

    def patience(self, timeout: float | None) -> float | None:
        """Return how long a pass may wait that was given *timeout* seconds."""
        if self._unread and any(entry.mask & IN for entry in self._unread):
            return 0.0
        if self._resting:
            return _serve.REST if timeout is None else min(timeout, _serve.REST)
        return timeout

    def has_unread(self) -> bool:
        """Whether a TLS socket holds data that no poller announces."""
        return bool(self._unread)

    # -- telling them

    def serve(self, events: _poller.Events) -> None:
        """Serve those who are ready."""
        if len(events) == 1 and self.use_poll and not self._unread:  # as usual: there is no order to keep
            fd, flags = events[0]
            entry = self.entries.get(fd)
            if entry is not None and entry.mask:
                self._serve_one(entry, flags, self.generation)
                return
        batch: list[Ready] = []
        for fd, flags in events:
            entry = self.entries.get(fd)
            if entry is None or not entry.mask:
                if fd == self.guest:
                    self.guest_is_ready = True
                elif not self.poller.was_woken_by(fd):
                    self._stray(fd)
            else:
                batch.append((entry.seq, entry, flags))
        if self._unread:
            self._add_unread(batch)
        if len(batch) > 1:
            batch.sort()  # into map order
        if self.use_poll:
            self._serve_each(batch)
        else:
            self._serve_by_kind(batch)

    def _serve_each(self, batch: list[Ready]) -> None:
        """poll()'s order: each member in turn, everything at once."""
        generation = self.generation
        for _, entry, flags in batch:
            self._serve_one(entry, flags, generation)

    def _serve_one(self, entry: Entry, flags: int, generation: int) -> None:
        """Tell a member everything at once, unless it has left or a pass nested in this one was quicker."""
        obj: Any = entry.obj
        members: Any = self.map
        told = flags & (entry.mask | UNASKED)
        if not told or not entry.live or members.get(entry.fd) is not obj:
            return
        if generation != self.generation and not self._is_still_ready(entry, told):
            return
        try:
            if told == IN and entry.told_once and not obj.accepting and (obj.connected or not obj.connecting):
                try:
                    obj.handle_read()
                except RERAISED:
                    raise
                except BaseException as exc:
                    _serve.failed_like_poll(entry, exc)
            else:
                _serve.readwrite(entry, told)
        except BaseException as exc:
            blame(exc, obj)
            raise
        finally:
            if self.clock is not None:
                self.clock(entry)
            if not (
                entry.steady
                and entry.mask == READ
                and obj.connected
                and not obj._bridge_fifo
                and obj.readable == entry.readable
            ):
                self._served(entry)

    def _serve_by_kind(self, batch: list[Ready]) -> None:
        """select()'s order: all that can be read, then all that can be written, then the exceptional."""
        generation = self.generation
        clock = self.clock
        members: Any = self.map
        all_flags = 0
        for _, entry, flags in batch:
            all_flags |= flags
            obj: Any = entry.obj
            if not flags & READABLE or not entry.mask & IN or not entry.live or members.get(entry.fd) is not obj:
                continue
            if generation != self.generation and not self._is_still_ready(entry, READABLE):
                continue
            try:
                # as in _serve.read(), without the call, which costs a fiftieth of a pass
                if entry.told_once and not obj.accepting and (obj.connected or not obj.connecting):
                    try:
                        obj.handle_read()
                    except RERAISED:
                        raise
                    except BaseException as exc:
                        _serve.failed(entry, exc)
                else:
                    _serve.read(entry)
            except BaseException as exc:
                blame(exc, obj)
                raise
            finally:
                if clock is not None:
                    clock(entry)
                if not (
                    entry.steady
                    and entry.mask == READ
                    and obj.connected
                    and not obj._bridge_fifo
                    and obj.readable == entry.readable
                ):
                    self._served(entry)
        if all_flags & WRITABLE:
            self._serve_kind(batch, OUT, WRITABLE, _serve.write, generation)
        if all_flags & PRI:
            self._serve_kind(batch, PRI, PRI, _serve.exception, generation)

    def _serve_kind(
        self, batch: list[Ready], wanted: int, ready: int, serve: Callable[[Entry], None], generation: int
    ) -> None:
        for _, entry, flags in batch:
            if (
                flags & ready
                and entry.mask & wanted
                and self.is_current(entry)
                and (generation == self.generation or self._is_still_ready(entry, ready))
            ):
                try:
                    serve(entry)
                except BaseException as exc:
                    blame(exc, entry.obj)
                    raise
                finally:
                    if self.clock is not None:
                        self.clock(entry)
                    self._served(entry)

    def _is_still_ready(self, entry: Entry, flags: int) -> bool:
        """After a nested pass, which may have served it: whether the member is (still) ready."""
        if entry in self._unread:
            return True
        return any(fd == entry.fd and ready & flags for fd, ready in self.poller.poll(0.0, len(self.entries) or 1))

    def _served(self, entry: Entry) -> None:
        """Have the member asked again.

        Callers skip this where it is plain to see that asynchat's own predicates say the same as before.
        """
        if not entry.live:
            return
        if entry.stock and not entry.queued:  # the others are asked anyhow
            entry.queued = True
            self.queue.append(entry)
        if entry.exhausted is not None:  # accept() was called in a handle_read()
            _serve.rest(entry)
        if entry.tls:
            self._look_into(entry)

    # -- TLS

    def _look_into(self, entry: Entry) -> None:
        """Note that a TLS socket holds data: no poller will announce it again."""
        try:
            if entry.obj.socket.pending():
                self._unread[entry] = None
        except (AttributeError, ValueError, OSError):
            pass  # closed, or not a TLS socket any more

    def _add_unread(self, batch: list[Ready]) -> None:
        known = {entry for _, entry, _ in batch}
        for entry in list(self._unread):
            if entry.mask & IN:
                del self._unread[entry]
                if entry not in known:
                    batch.append((entry.seq, entry, IN))

    # -- closed behind our back

    def _stray(self, fd: int) -> None:
        """Deal with an event for a descriptor that is in nobody's name.

        It was closed while a copy lives elsewhere (dup, a forked child): such a registration cannot be
        removed, and would be reported for ever.
        """
        try:
            self.poller.set(fd, IN, 0)
        except (OSError, ValueError):
            self.poller.rebuild(
                [(e.fd, e.mask) for e in self.entries.values() if e.driver is self and e.mask and e.fd != fd]
            )


def _is_closed(fd: Any) -> bool:
    try:
        os.fstat(fd)
    except OSError as exc:
        return exc.errno == errno.EBADF
    except (TypeError, ValueError, OverflowError):
        return True
    return False
