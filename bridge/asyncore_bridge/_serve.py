"""Telling one member that something is ready, and what happens to the exceptions it raises.

The three exceptions of ``RERAISED`` leave the pass; anything else goes to the member's handle_error(),
within the ``except`` clause, since handlers look at ``sys.exc_info()`` there.  An exception raised by
handle_error() itself leaves the pass too, as it left asyncore's.

Three things that made stock asyncore misbehave are caught here, whatever the class overrides:

* a recv() that would block after all (a nested pass was quicker) is not an error;
* a listener that runs out of descriptors rests, instead of being told again at once, for ever;
* a channel that is told again and again that it may write, and never writes, is named in a warning.
"""

from __future__ import annotations

import errno
import logging
import weakref
from typing import TYPE_CHECKING, Any, Callable

from ._errors import DISCONNECTED, RERAISED, blame
from ._poller import ERR, HUP, IN, NVAL, OUT, PRI

if TYPE_CHECKING:
    from ._interest import Entry

logger = logging.getLogger("asyncore_bridge")

REST = 0.1
"""Seconds that a listener rests after EMFILE and its like."""

SPINS = 5000
"""Write events in a row, with nothing sent, after which a channel is called spinning."""

_spinning: weakref.WeakSet[type] = weakref.WeakSet()
"""The classes that have been named for it."""


def on_error(entry: Entry) -> None:
    """Called before a handle_error(); monitoring counts here."""


def on_spin(entry: Entry) -> None:
    """Called when a channel is found to spin; monitoring counts here."""


def read(entry: Entry) -> None:
    """Tell the member that there is something to read, accept or learn about its connect()."""
    obj = entry.obj
    try:
        if entry.told_once and not obj.accepting and (obj.connected or not obj.connecting):
            obj.handle_read()  # which is all that handle_read_event() would come to
        else:
            obj.handle_read_event()
    except RERAISED:
        raise
    except BaseException as exc:
        failed(entry, exc)
    if entry.exhausted is not None:
        rest(entry)


def failed(entry: Entry, exc: BaseException) -> None:
    """Deal with what a handler raised; called in its ``except`` clause."""
    if exc is not entry.exhausted and not hasattr(exc, "asyncore_nothing_came"):
        on_error(entry)
        entry.obj.handle_error()


def failed_like_poll(entry: Entry, exc: BaseException) -> None:
    """Do so as asyncore did with use_poll: a lost connection is not an error."""
    if isinstance(exc, OSError) and exc.errno in DISCONNECTED:
        entry.obj.handle_close()
    else:
        failed(entry, exc)


def write(entry: Entry) -> None:
    """Tell the member that it may write."""
    obj = entry.obj
    try:
        if entry.dispatcher and obj._bridge_broken:
            obj._bridge_broken = False
            obj.handle_close()
        else:
            obj.handle_write_event()
    except RERAISED:
        raise
    except BaseException:
        on_error(entry)
        obj.handle_error()
    _watch_for_spin(entry)


def guarded(channel: Any, call: Callable[[], object]) -> None:
    """Make a call on behalf of *channel*, whose exceptions are its own: of a task, a timer, another thread."""
    try:
        try:
            call()
        except RERAISED:
            raise
        except BaseException:
            if channel._bridge is not None:
                on_error(channel._bridge)
            channel.handle_error()
    except BaseException as exc:
        blame(exc, channel)
        raise


def exception(entry: Entry) -> None:
    """Tell the member about out-of-band data."""
    obj = entry.obj
    try:
        obj.handle_expt_event()
    except RERAISED:
        raise
    except BaseException:
        on_error(entry)
        obj.handle_error()


def readwrite(entry: Entry, flags: int) -> None:
    """Tell the member everything at once, as asyncore did with use_poll: errors mean handle_close()."""
    obj = entry.obj
    try:
        if flags & IN:
            obj.handle_read_event()
        if flags & OUT:
            obj.handle_write_event()
        if flags & PRI:
            obj.handle_expt_event()
        if flags & (HUP | ERR | NVAL):
            obj.handle_close()
    except RERAISED:
        raise
    except BaseException as exc:
        failed_like_poll(entry, exc)
    if entry.exhausted is not None:
        rest(entry)
    if flags & OUT:
        _watch_for_spin(entry)


def rest(entry: Entry) -> None:
    """Leave a listener alone for a while that has run out of descriptors."""
    exc, entry.exhausted = entry.exhausted, None
    assert exc is not None
    logger.warning(
        "%s.%s cannot accept connections (%s): it waits %.1f s and tries again",
        type(entry.obj).__module__,
        type(entry.obj).__qualname__,
        errno.errorcode.get(exc.errno or 0, exc),
        REST,
        extra={"channel": entry.obj},
    )
    entry.driver.rest(entry, REST)


def _watch_for_spin(entry: Entry) -> None:
    if entry.spins >= SPINS:
        return  # found already
    if entry.progress:
        entry.progress = False
        entry.spins = 0
        return
    entry.spins += 1
    if entry.spins == SPINS:
        on_spin(entry)
        _name_spinning(entry)


def _name_spinning(entry: Entry) -> None:
    """Say which class spins, once: the next of its channels will do so as well."""
    kind = type(entry.obj)
    if kind in _spinning:
        return
    _spinning.add(kind)
    logger.warning(
        "%s.%s uses all of a processor: its writable() has been true %d times in a row, and its "
        "handle_write() sent nothing; let writable() be true only while there is something to send",
        kind.__module__,
        kind.__qualname__,
        SPINS,
        extra={"channel": entry.obj},
    )
