"""The exceptions that pass through every layer of the bridge.

asyncore lets exactly three exceptions out of a handler and through ``loop()``: its own
``ExitNow``, ``KeyboardInterrupt`` and ``SystemExit``.  All others go to the channel's
``handle_error()``, ``GeneratorExit`` and ``asyncio.CancelledError`` included.
"""

from __future__ import annotations

import contextlib
import errno
from typing import Any


class ExitNow(Exception):  # noqa: N818  (the public name is the old one)
    """Raised by a handler to leave ``asyncore.loop()``; the loop can be entered again afterwards."""


ExitNow.__module__ = "asyncore"

RERAISED = (ExitNow, KeyboardInterrupt, SystemExit)
"""What a handler may raise to get out of the loop."""

DISCONNECTED = frozenset(
    {
        errno.ECONNRESET,
        errno.ENOTCONN,
        errno.ESHUTDOWN,
        errno.ECONNABORTED,
        errno.EPIPE,
        errno.EBADF,
    }
)
"""errno values that mean "the peer has gone": they end in ``handle_close()``, not in ``handle_error()``."""

EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""errno values with which ``accept()`` says that the process or the machine has run out of room."""


def blame(exc: BaseException, channel: Any) -> None:
    """Have *exc*, which is about to leave a handler of *channel*, say so: in its ``asyncore_channel``."""
    if getattr(exc, "asyncore_channel", None) is None:
        with contextlib.suppress(Exception):  # of a class that takes no attributes
            exc.asyncore_channel = channel  # type: ignore[attr-defined]  # that is what getattr() looks for


def report(loop: Any, message: str, exc: BaseException, **context: Any) -> None:
    """Give *exc* to the exception handler of the event loop *loop*, with the channel it came from."""
    channel = context.pop("channel", None) or getattr(exc, "asyncore_channel", None)
    if channel is not None:
        context["channel"] = channel
    loop.call_exception_handler({"message": message, "exception": exc, **context})


def report_exit(loop: Any, exc: BaseException) -> None:
    """Do so with what nobody awaits: an ExitNow, or what a handle_error() raised."""
    report(loop, f"{type(exc).__name__} left a handler of a legacy channel", exc)
