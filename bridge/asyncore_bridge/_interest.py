"""Who is in a socket map, and what each member wants to be told.

asyncore asked every member's readable() and writable() on every pass, which is what made it slow with
many connections.  Nobody announces a change of these answers, so the bridge asks

* members with the stock predicates when something happened to them: an event, a push, a send, a close
  (``Entry.touch()``);
* members that override a predicate after every pass, like asyncore;
* everybody now and then, in case user code changed what the stock predicates look at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _paths
from ._poller import IN, OUT, PRI

if TYPE_CHECKING:
    from ._driver import Driver
    from .monitoring import Counters

READ = IN | PRI
"""What readable() asks for: data, and out-of-band data (asyncore registered POLLIN | POLLPRI)."""


class Entry:
    """One member of a map under one descriptor, and what the bridge knows about it."""

    __slots__ = (
        "coalesces",
        "dispatcher",
        "driver",
        "exhausted",
        "fd",
        "fresh",
        "idle_writes",
        "live",
        "mask",
        "meter",
        "obj",
        "progress",
        "queued",
        "readable",
        "resting",
        "seq",
        "sock",
        "spins",
        "steady",
        "stock",
        "tls",
        "told_once",
        "writable",
    )

    def __init__(self, driver: Driver, fd: Any, obj: Any, seq: int) -> None:
        self.driver = driver
        self.fd = fd
        self.obj = obj
        self.seq = seq
        """Position in the map: asyncore served ready members in this order."""
        self.mask = 0
        """What the poller watches for now."""
        self.live = True
        """False once the member has left the map, so that events of the same batch no longer reach it."""
        self.queued = False
        """Whether it waits to be asked again."""
        self.fresh = True
        """Whether nobody has asked it yet: its constructor may not be over."""
        self.sock: Any = None
        """The transport's face, for channels that a transport drives."""
        self.meter: Counters | None = None
        """What is counted for its class, once something was."""
        self.tls = hasattr(getattr(obj, "socket", None), "pending")
        """Whether its socket may hold data that no poller announces (``pending()``)."""
        self.resting = False
        """A listener that ran out of descriptors, until its pause is over."""
        self.exhausted: OSError | None = None
        """The error with which accept() ran out of descriptors last."""
        self.progress = False
        """Whether something was sent since the last write event."""
        self.spins = 0
        """Write events in a row that sent nothing."""
        self._take(_paths.of(type(obj)))
        self.coalesces = False  # until it is known what the object has of its own

    def look_at_object(self) -> None:
        """Note which short cuts are permitted: by the class, and by what is assigned to the object itself.

        That is looked up when it is first asked, whenever one of its predicates is another one, and now and then.
        When it enters the map only its class is looked at: the constructor may not be over, and a look costs as
        much as a short answer does.
        """
        self._take(_paths.of_object(self.obj))
        if self.dispatcher:
            self.readable = self.obj.readable
            self.writable = self.obj.writable

    def _take(self, paths: _paths.Paths) -> None:
        self.dispatcher = paths is not _paths.SLOW
        """Whether it derives from the bridge's classes."""
        self.idle_writes = paths.idle_writes
        self.told_once = paths.told_once
        self.coalesces = paths.coalesces
        self.stock = paths.stock
        """Whether the predicates are the bridge's own."""
        self.steady = self.stock and self.coalesces and not self.tls
        """Whether a look at the queue answers for asynchat's predicates."""

    def is_changed(self) -> bool:
        """Whether the object has got other predicates since look_at_object()."""
        obj = self.obj
        return bool(obj.readable != self.readable or obj.writable != self.writable)

    def look_at_socket(self, sock: Any) -> None:
        """Note what kind of socket *sock* is."""
        self.tls = hasattr(sock, "pending")
        self.steady = self.stock and self.coalesces and not self.tls

    def wanted(self) -> int:
        """Ask the predicates, in asyncore's order, and return the mask they add up to."""
        obj = self.obj
        mask = READ if obj.readable() else 0
        if self.idle_writes:
            # The stock writable() is always true and the stock handle_write() does nothing: asyncore
            # used all of a processor for that.  Only the end of a connect() matters.
            if obj.connecting and not obj.connected:
                mask |= OUT
        elif obj.writable() and not obj.accepting:
            mask |= OUT
        if self.resting or (self.dispatcher and (obj._bridge_eof or obj._bridge_paused)):
            mask &= ~READ
        if self.dispatcher and obj._bridge_broken:
            mask |= OUT  # nothing else would ever be said of it
        if mask & OUT and not self.driver.use_poll:
            mask |= PRI  # select() was given every member for its exceptional set
        return mask

    def touch(self) -> None:
        """Say that something the stock predicates look at may have changed."""
        if not self.queued:
            self.queued = True
            self.driver.touched(self)
