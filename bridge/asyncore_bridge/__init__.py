"""asyncore, asynchat and smtpd on an asyncio event loop.

* ``install()``, or ``python -m asyncore_bridge PROGRAM``: run a legacy program as it is.
* ``from asyncore_bridge import asyncore, asynchat, smtpd``: the same modules under a name of their own.
* ``serve()``, ``connect()``, ``as_protocol()``: legacy classes over asyncio transports, in an asyncio program.
* ``await until_empty()``, ``attach()``, ``adopt()``: serve a socket map on the event loop that is running.
* ``spawn()``, ``call_later()``, ``wait_closed()``: asyncio from legacy handlers.
* ``running_in_thread()``, ``asyncore_bridge.testing``: servers for callers that block, and tests.
* ``asyncore_bridge.monitoring``: counters and slow handlers.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._install import install, installed
    from .attaching import Attachment, attach, until_empty
    from .datagrams import as_datagram_protocol
    from .foreign import adopt
    from .protocols import as_protocol, start_tls
    from .serving import Server, connect, serve
    from .tasks import AsyncMethods, Timer, call_later, spawn, wait_closed
    from .threads import running_in_thread

__all__ = [
    "AsyncMethods",
    "Attachment",
    "Server",
    "Timer",
    "adopt",
    "as_datagram_protocol",
    "as_protocol",
    "attach",
    "call_later",
    "connect",
    "install",
    "installed",
    "running_in_thread",
    "serve",
    "spawn",
    "start_tls",
    "until_empty",
    "wait_closed",
]

_HOMES = {
    "AsyncMethods": "tasks",
    "Attachment": "attaching",
    "Server": "serving",
    "Timer": "tasks",
    "adopt": "foreign",
    "as_datagram_protocol": "datagrams",
    "as_protocol": "protocols",
    "attach": "attaching",
    "call_later": "tasks",
    "connect": "serving",
    "install": "_install",
    "installed": "_install",
    "running_in_thread": "threads",
    "serve": "serving",
    "spawn": "tasks",
    "start_tls": "protocols",
    "until_empty": "attaching",
    "wait_closed": "tasks",
}
"""Where each public name lives: a program that only runs on the bridge does not load the rest."""


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
