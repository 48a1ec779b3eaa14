"""asyncore, asynchat and smtpd on an asyncio event loop.

* ``install()``, or ``python -m asyncore_bridge PROGRAM``: run a legacy program as it is.
* ``from asyncore_bridge import asyncore, asynchat``: the same modules under a name of their own.
* ``as_protocol(make)``: serve legacy classes over asyncio transports, inside an asyncio program.
* ``await until_empty()``, ``attach()``: serve a socket map on the event loop that is running.
* ``adopt(module)``: serve the channels of another copy of asyncore on it.
"""

from __future__ import annotations

from .attaching import Attachment, attach, until_empty
from .foreign import adopt
from .install import install, installed
from .protocols import as_protocol

__all__ = ["Attachment", "adopt", "as_protocol", "attach", "install", "installed", "until_empty"]
