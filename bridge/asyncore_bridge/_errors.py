"""The exceptions that pass through every layer of the bridge.

asyncore lets exactly three exceptions out of a handler and through ``loop()``: its own
``ExitNow``, ``KeyboardInterrupt`` and ``SystemExit``.  All others go to the channel's
``handle_error()``, ``GeneratorExit`` and ``asyncio.CancelledError`` included.
"""

from __future__ import annotations

import errno


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
