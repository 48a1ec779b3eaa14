"""Passes in the turns of an asyncio event loop, which does the waiting.

A pass runs when the poller, which the loop watches, has events; when something has happened that the map's members
are to be asked about; and now and then, if there are predicates that nobody tells of a change.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
from typing import TYPE_CHECKING, Any, Callable

from ._errors import DISCONNECTED
from ._members import Members
from ._newcomers import Newcomers

if TYPE_CHECKING:
    import asyncio

    from ._interest import Entry
    from ._members import Map

logger = logging.getLogger("asyncore_bridge")

ATTACHED_TIMEOUT = 0.05
"""Seconds between two looks at overridden predicates on somebody else's loop, whose other tasks may
change what they look at."""


class ForkedError(SystemExit):
    """Unwinds the event loop that a forked child inherited in the middle of a handler."""


class Turns(Members):
    """A map whose passes may run in the turns of an event loop."""

    __slots__ = (
        "_forked",
        "_hushed",
        "_newcomers",
        "_on_exit",
        "_poked",
        "_scheduled",
        "_timeout",
        "_timer",
        "_unasked",
        "loop",
    )

    announced = True
    """Whether channels say so when they enter the map."""

    def __init__(self, map: Map) -> None:  # noqa: A002  (the old API's word)
        super().__init__(map)
        self.loop: asyncio.AbstractEventLoop | None = None
        """The event loop that passes run on, if one does the waiting."""
        self._timeout: float | None = None  # asyncore's: how long a pass may wait
        self._timer: asyncio.TimerHandle | None = None  # ends that wait
        self._scheduled = False  # a pass will run in the next turn
        self._poked = False  # the same, asked for from anywhere
        self._unasked = True  # members may want other things than they said last
        self._hushed = False  # an exception has left a pass: none runs before whoever is told of it
        self._forked = False  # this is a child, forked by a handler that has not returned yet
        self._newcomers: Newcomers | None = None  # who are accepted before what has come is handled
        self._on_exit: Callable[[BaseException | None], object] = _ignore

    def accept_first(self, wanted: bool) -> None:
        """Have asyncio's servers accept before what has come for channels is handled, or no longer."""
        if not wanted or self.loop is None:
            self._newcomers = None
        elif self._newcomers is None:
            self._newcomers = Newcomers(self.loop, self._on_ready)

    def enter(
        self,
        loop: asyncio.AbstractEventLoop,
        timeout: float | None,
        use_poll: bool,
        on_exit: Callable[[BaseException | None], object],
    ) -> None:
        """Begin to run passes on *loop*: see ``MapDriver.attach()``; *timeout* is asyncore's, None for none.

        Raises NotImplementedError if *loop* cannot watch descriptors.
        """
        self.set_mode(use_poll)
        self._on_exit = on_exit
        self.poller.nest(loop, self._on_ready)
        self.loop = loop
        self._timeout = timeout
        self.join(loop)
        self._unasked = True
        self._hushed = False
        self._soon()
        self._arm()

    def leave(self) -> None:
        """Run no more passes on the event loop."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.loop = None
        self._scheduled = self._poked = False
        self.part()
        self.poller.unnest()

    def _soon(self) -> None:
        """Have a pass run in the next turn of the event loop."""
        if not self._scheduled and self.loop is not None:
            self._scheduled = True
            self.loop.call_soon(self._on_ready)

    def _on_ready(self) -> None:
        """Run a pass that does not wait: the event loop has waited."""
        if self.loop is None or self._hushed:
            return
        self._scheduled = self._poked = False
        self.generation += 1
        self.depth += 1
        asking = False
        try:
            if self.inbox:
                self.take_calls()
            if self._unasked:  # a lot may have changed since the last pass
                self._unasked = False
                asking = True
                self.settle()
                asking = False
            events = self.poller.poll(0.0, len(self.entries) + 1)
            if self._newcomers is not None and events:
                events = self._newcomers.before(events, self._accepts)
            self.serve(events)
            if self._forked and self.depth == 1:
                self._forked = False
                raise ForkedError
            asking = True
            self.settle()
            if events and len(self.company) > 1:
                self.tell_company()
        except ForkedError:
            raise
        except BaseException as exc:  # what leaves a pass leaves the loop
            self._unasked = self._hushed = True
            try:
                if self._on_exit(exc):
                    self._give_up(exc, asking)
            finally:
                if self.loop is not None:
                    if asking:  # a predicate that raises will do so again
                        self.loop.call_later(ATTACHED_TIMEOUT, self._go_on)
                    else:  # whoever is told of it comes first
                        self.loop.call_soon(self._go_on)
            return
        finally:
            self.depth -= 1
        if not self.map:
            self._on_exit(None)
        elif self.has_unread() or self._timeout == 0 or self.poller.busy():
            self._soon()

    def _accepts(self, fd: int) -> bool:
        entry = self.entries.get(fd)
        return entry is not None and getattr(entry.obj, "accepting", False)

    def _give_up(self, exc: BaseException, asking: bool) -> None:
        """Close the channel to which *exc* would happen for ever: as it is asked, or told of the peer's end."""
        channel: Any = getattr(exc, "asyncore_channel", None)
        entry = getattr(channel, "_bridge", None)
        if entry is None or entry.driver is not self or not entry.live:
            return
        if asking or _is_over(channel.socket):
            try:
                channel.close()
            except Exception:
                logger.exception("%r cannot even be closed", channel, extra={"channel": channel})
            if self.is_current(entry):
                self.drop(entry)
                del self.map[entry.fd]

    def _go_on(self) -> None:
        """Run passes again after an exception has left one."""
        self._hushed = False
        self._on_ready()

    def _arm(self) -> None:
        """Start the timer which ends a pass in which nothing happens."""
        assert self.loop is not None
        timeout = self._timeout
        if timeout is None and (self.vigilant or not self.announced):
            timeout = ATTACHED_TIMEOUT
        self._timer = self.loop.call_later(timeout, self._on_timeout) if timeout else None

    def _on_timeout(self) -> None:
        if self.loop is None:
            return
        self._arm()
        if self._timeout is not None:
            self._until_sweep = 0
        self._on_ready()

    # -- waking

    def ask_soon(self) -> None:
        self._soon()

    def poke(self) -> None:
        loop = self.loop
        if loop is not None:
            if not self._poked:
                self._poked = True
                # also from signal handlers and other threads, which must end the loop's wait
                with contextlib.suppress(RuntimeError):  # it was closed meanwhile
                    loop.call_soon_threadsafe(self._on_ready)
        elif self.waiting:
            # it may be closed meanwhile by the thread that waited for it
            with contextlib.suppress(ValueError, OSError):
                self.poller.wake()

    def enlist(self, entry: Entry) -> None:
        super().enlist(entry)
        if self.vigilant and self.loop is not None and self._timer is None:
            self._arm()

    def rest(self, entry: Entry, seconds: float) -> None:
        super().rest(entry, seconds)
        if self.loop is not None:
            self.loop.call_later(seconds, self._on_ready)


def _is_over(sock: Any) -> bool:
    """Whether there is nothing left to receive but the end."""
    try:
        return isinstance(sock, socket.socket) and socket.socket.recv(sock, 1, socket.MSG_PEEK) == b""
    except OSError as exc:
        return exc.errno in DISCONNECTED and exc.errno != errno.ENOTCONN  # as listeners say


def _ignore(_exc: BaseException | None) -> None:
    pass
