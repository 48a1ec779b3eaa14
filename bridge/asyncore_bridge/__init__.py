"""asyncore, asynchat and smtpd on an asyncio event loop.

* ``install()``, or ``python -m asyncore_bridge PROGRAM``: run a legacy program as it is.
* ``from asyncore_bridge import asyncore, asynchat``: the same modules under a name of their own.
* ``as_protocol(make)``: serve legacy classes over asyncio transports, inside an asyncio program.
* ``await until_empty()``, ``attach()``: serve a socket map on the event loop that is running.
"""

from __future__ import annotations

from .attaching import Attachment, attach, until_empty
from .install import install, installed
from .protocols import as_protocol

__all__ = ["Attachment", "as_protocol", "attach", "install", "installed", "until_empty"]
