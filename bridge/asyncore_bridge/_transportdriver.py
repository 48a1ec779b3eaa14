"""Driving channels over asyncio transports: one driver for each event loop.

asyncore's channels are told *again and again* that they may read or write, as long as it is so; a transport
tells once.  So after each event the predicates are asked and

* readable() false pauses the transport; true, with data not yet received, means another read event;
* writable() true, while the transport takes data, means another write event.

Repeated events are scheduled one by one, never in a loop, so that other tasks get their turn.
"""

from __future__ import annotations

import logging
import weakref
from threading import get_ident
from typing import TYPE_CHECKING, Any, Callable

from . import _errors, _mapdriver, _serve, _turns, asyncore
from ._driver import Driver
from ._interest import READ, Entry
from ._poller import IN, OUT

if TYPE_CHECKING:
    import asyncio

    from ._transport_socket import TransportSocket

logger = logging.getLogger("asyncore_bridge")


class TransportDriver(Driver):
    """Serves the channels whose transports belong to *loop*."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = weakref.ref(loop)
        self._poked = False
        self._timer: asyncio.TimerHandle | None = None
        self._ready: dict[Entry, int] = {}
        self.members: dict[Entry, None] = {}
        self.own()
        self.join(loop)
        _accustom_allocator()

    # -- members

    def adopt(self, face: TransportSocket, channel: Any) -> Entry:
        """Look after *channel*, which has taken the connection behind *face*."""
        entry = Entry(self, face.fileno(), channel, 0)
        entry.sock = face
        channel._bridge = entry
        self.members[entry] = None
        self.enlist(entry)
        return entry

    def dismiss(self, entry: Entry) -> None:
        super().dismiss(entry)
        self._ready.pop(entry, None)
        self.members.pop(entry, None)
        entry.mask = 0
        if not entry.sock.is_closed():
            entry.sock.want_reading(False)

    def enlist(self, entry: Entry) -> None:
        super().enlist(entry)
        if self.vigilant and self._timer is None:
            self._arm()

    def _arm(self) -> None:
        loop = self._loop()
        self._timer = None
        if loop is not None and not loop.is_closed() and self.vigilant:
            self._timer = loop.call_later(_turns.ATTACHED_TIMEOUT, self._on_timeout)

    def _on_timeout(self) -> None:
        self._arm()
        self.run(self._nothing)

    # -- predicates

    def ask(self, entry: Entry) -> None:
        try:
            mask = entry.wanted()
        except BaseException as exc:  # it would raise for ever
            self._cut_off(entry, exc)
            if not _mapdriver.report(entry.obj, exc):
                self._failed(exc)
            return
        if not entry.live:
            return
        face = entry.sock
        face.want_reading(bool(mask & IN))
        entry.mask = mask
        ready = 0
        if mask & IN and face.has_news():
            ready |= IN
        if mask & OUT and not face.write_paused:
            ready |= OUT
        if ready:
            self._ready[entry] = ready
            self._schedule()

    def rest(self, entry: Entry, seconds: float) -> None:
        """Do nothing: transports do not accept()."""

    # -- events

    def tell(self, entry: Entry, ready: int) -> None:
        """Serve *entry* now, if it wants to hear it: a pass, like ``run()``, without the call."""
        self.owner = get_ident()
        self.depth += 1
        try:
            if self.inbox:
                self.take_calls()
            self._tell(entry, ready)
            if self.queue or self.vigilant:
                self.settle()
        except BaseException as exc:
            self._failed(exc)
        finally:
            self.depth -= 1

    def tell_soon(self, entry: Entry, ready: int) -> None:
        """Serve *entry* in the event loop's next turn, if it wants to hear it then."""
        self._ready[entry] = self._ready.get(entry, 0) | ready
        self._schedule()

    def _tell(self, entry: Entry, ready: int) -> None:
        try:
            if entry.live and ready & IN and entry.mask & IN:
                if self._ready:
                    self._ready.pop(entry, None)
                _serve.read(entry)
            if ready & OUT and entry.live and entry.mask & OUT and not entry.sock.write_paused:
                self._ready.pop(entry, None)
                _serve.write(entry)
        except BaseException as exc:
            _errors.blame(exc, entry.obj)
            if entry.live and entry.sock.is_over():  # it would be told of the end for ever
                self._cut_off(entry, exc)
            if not _mapdriver.report(entry.obj, exc):
                raise
        finally:
            if self.clock is not None:
                self.clock(entry)
            if entry.live and not (entry.steady and self._says_the_same(entry)):
                entry.touch()
            if len(self.company) > 1:
                self.tell_company()

    def _cut_off(self, entry: Entry, exc: BaseException) -> None:
        """Close a channel that cannot be served any more because of *exc*, whatever its close() does."""
        channel = entry.obj
        _errors.blame(exc, channel)
        entry.sock.abort()
        try:
            channel.close()
        except Exception:
            logger.exception("%r cannot even be closed", channel, extra={"channel": channel})
        if entry.live:
            asyncore.dispatcher.close(channel)

    def _says_the_same(self, entry: Entry) -> bool:
        """Whether asynchat's own predicates, plain to see, say the same as before, and nothing is ready."""
        obj = entry.obj
        return entry.mask == READ and obj.connected and not obj._bridge_fifo and not entry.sock.has_news()

    def _serve_ready(self) -> None:
        ready, self._ready = self._ready, {}
        try:
            while ready:
                entry = next(iter(ready))
                mask = ready.pop(entry)
                if entry.live:
                    self._tell(entry, mask)
        finally:
            self._ready.update(ready)  # those that come after one that an exception has left

    def run(self, call: Callable[[], object]) -> None:
        """Make *call* as a pass: held output goes out, predicates are asked, exits are reported."""
        self.own()
        self.depth += 1
        try:
            if self.inbox:
                self.take_calls()
            call()
            self.settle()
        except BaseException as exc:
            self._failed(exc)
        finally:
            self.depth -= 1

    def _failed(self, exc: BaseException) -> None:
        """Deal with what left a pass: an exit, an ExitNow, or what a handle_error() raised."""
        self._schedule()
        loop = self._loop()
        if loop is None:
            raise exc
        if isinstance(exc, (KeyboardInterrupt, SystemExit)):
            loop.call_soon(_raise, exc)  # not from here: uvloop's transports catch everything
        else:
            _errors.report_exit(loop, exc)

    def _nothing(self) -> None:
        pass

    # -- waking

    def poke(self) -> None:
        self._schedule()

    def ask_soon(self) -> None:
        self._schedule()

    def _schedule(self) -> None:
        loop = self._loop()
        if self._poked or loop is None or loop.is_closed():
            return
        self._poked = True
        if self.is_foreign():
            loop.call_soon_threadsafe(self._on_poke)
        else:
            loop.call_soon(self._on_poke)

    def _on_poke(self) -> None:
        self._poked = False
        self.run(self._serve_ready)


def _raise(exc: BaseException) -> None:
    raise exc


def _accustom_allocator() -> None:
    """Free a block larger than asyncio's reads, once.

    asyncio reads into 256 KiB each time, of which most is given back at once.  Until such a block was freed as a
    whole, glibc maps and unmaps them, which costs more than all the rest of a short read.
    """
    block = bytearray(1 << 20)
    del block


_drivers: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, TransportDriver] = weakref.WeakKeyDictionary()


def of(loop: asyncio.AbstractEventLoop) -> TransportDriver:
    """Return the driver of *loop*; make it if need be.  Call it in the loop's thread."""
    driver = _drivers.get(loop)
    if driver is None:
        driver = _drivers[loop] = TransportDriver(loop)
    return driver
