"""asyncore, asynchat and smtpd on an asyncio event loop.

* ``install()``, or ``python -m asyncore_bridge PROGRAM``: run a legacy program as it is.
* ``from asyncore_bridge import asyncore, asynchat``: the same modules under a name of their own.
* ``as_protocol(make)``: serve legacy classes over asyncio transports, inside an asyncio program.
* ``await until_empty()``, ``attach()``: serve a socket map on the event loop that is running.
* ``adopt(module)``: serve the channels of another copy of asyncore on it.
"""

from __future__ import annotations

from .attaching import Attachment, attach, until_empty
from .datagrams import as_datagram_protocol
from .foreign import adopt
from .install import install, installed
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
