"""The asyncio event loop that ``asyncore.loop()`` runs on: one for each thread, made when first needed.

It is a loop of the bridge's own: an event loop that somebody else runs is never taken over, and
``asyncio.run()`` is not used, because since Python 3.11 that turns SIGINT into a cancellation, while a
legacy handler expects KeyboardInterrupt where it stands.  It is kept between two calls of
``asyncore.loop()``, so that tasks started from handlers go on in the next one.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import os
import selectors
import threading
from typing import TYPE_CHECKING

from ._ownloop import OwnLoop

if TYPE_CHECKING:
    from collections.abc import Iterator

_local = threading.local()


class _Home:
    """Owns one thread's loop: closes it when the thread, or the interpreter, ends."""

    def __init__(self) -> None:
        with _quietly():
            loop = asyncio.new_event_loop()
            if isinstance(loop, asyncio.SelectorEventLoop) or not _can_watch(loop):
                loop.close()
                loop = OwnLoop()
        self.loop = loop

    def close(self) -> None:
        """Cancel what is left on the loop, wait for it, close the loop."""
        loop = self.loop
        if loop.is_closed() or loop.is_running():
            return
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks and running() is None:
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.close()

    def __del__(self) -> None:
        self.close()

    def leave_to_parent(self) -> None:
        """In a forked child: make sure that this copy of the loop cannot disturb the parent's.

        Both share one epoll object.  Closing the child's loop would unregister descriptors in it, so its
        number is pointed at a new and empty one first.
        """
        number = -1
        if isinstance(self.loop, OwnLoop):
            number = self.loop.guest.fileno()
            self.loop.stop_waking_on_signals()
        if number >= 0:
            fresh = selectors.DefaultSelector()
            os.dup2(fresh.fileno(), number)
            fresh.close()
        _left.append(self)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keep out of the program's log what asyncio says at level DEBUG of a new loop: asyncore said nothing."""
    logger = logging.getLogger("asyncio")
    logger.addFilter(_is_news)
    try:
        yield
    finally:
        logger.removeFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


_left: list[_Home] = []
"""Loops inherited by a forked child; kept, because uvloop's cannot be closed safely there."""


def _can_watch(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether *loop* has add_reader(): the Proactor loop, the default on Windows, has not."""
    proactor = getattr(asyncio, "ProactorEventLoop", None)
    return proactor is None or not isinstance(loop, proactor)


def existing() -> asyncio.AbstractEventLoop | None:
    """Return this thread's own loop if it was made already."""
    home: _Home | None = getattr(_local, "home", None)
    if home is None or home.loop.is_closed():
        return None
    return home.loop


def own() -> asyncio.AbstractEventLoop:
    """Return this thread's own loop; make it if need be."""
    loop = existing()
    if loop is None:
        _local.home = _Home()
        loop = _local.home.loop
        assert isinstance(loop, asyncio.AbstractEventLoop)
    return loop


def running() -> asyncio.AbstractEventLoop | None:
    """Return the loop that runs in this thread, if there is one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def close() -> None:
    """Close this thread's own loop, if it has one and it is not running."""
    home: _Home | None = getattr(_local, "home", None)
    if home is not None and not home.loop.is_running():
        home.close()
        del _local.home


def give_a_turn() -> None:
    """Let this thread's own loop, if it has one and it is not running, do what is due now."""
    loop = existing()
    if loop is None or running() is not None:
        return
    if isinstance(loop, OwnLoop):
        loop.take_a_turn()
    else:
        loop.call_soon(loop.stop)
        loop.run_forever()


def after_fork_in_child() -> None:
    """Leave the forking thread's loop to the parent; other threads do not exist here."""
    home: _Home | None = getattr(_local, "home", None)
    if home is not None:
        home.leave_to_parent()
        del _local.home


atexit.register(close)
