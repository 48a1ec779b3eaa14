"""Held output goes out before the process forks, becomes another program, or ends without unwinding.

A burst of frames is answered in one send (see ``asynchat``), so a handler in the middle of it may find that what
was pushed before is not sent yet.  Exceptions, closes, direct sends and the like are seen by the drivers
themselves.  What they cannot see is ``os.fork()``, where Python has a hook, and ``os._exit()``, ``os.execv()`` and
``os.execve()`` (on which the others of their family rest), where it has none: these are wrapped.

Nor is everything sent that other threads pushed, when a program ends while a daemon thread drives its channels:
that thread is given a moment to get to it.
"""

from __future__ import annotations

import atexit
import functools
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from ._driver import Driver

drivers: weakref.WeakSet[Driver] = weakref.WeakSet()
"""All who may hold output back."""
_PATIENCE = 1.0  # seconds


def flush() -> None:
    """Send what is held back in this thread."""
    for driver in list(drivers):
        if driver.holder is not None:
            driver.release()


def _after_flushing(call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        flush()
        return call(*args, **kwargs)

    return wrapper


for _name in ("_exit", "execv", "execve"):
    setattr(os, _name, _after_flushing(getattr(os, _name)))

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=flush)


@atexit.register
def _wait_for_calls() -> None:
    """Have daemon threads make the calls that others asked them for, before they are cut off."""
    for driver in list(drivers):
        if driver.was_asked and driver.is_elsewhere():
            done = threading.Event()
            driver.call_from_thread(done.set)
            done.wait(_PATIENCE)
