"""The public surface of the stdlib's smtpd module: SMTP servers on the bridge's asynchat.

``_channel`` speaks the protocol with one client, ``_servers`` accepts clients and does something with
their messages, ``_command_line`` is ``python -m asyncore_bridge -m smtpd``.

Programs assign to names of this module (``smtpd.DEBUGSTREAM = sys.stderr``), so the others look them up
here whenever they need them.
"""

from __future__ import annotations

import collections
import errno
import getopt
import os
import socket as socket
import sys
import time as time
from typing import Any
from warnings import warn

from asyncore_bridge import asynchat, asyncore

program = sys.argv[0]
__version__ = "Python SMTP proxy version 0.3"
"""What the greeting says: clients and tests compare it."""


class Devnull:
    """Where debugging output goes unless somebody wants it."""

    def write(self, msg: str) -> None:
        """Forget *msg*."""

    def flush(self) -> None:
        """Do nothing."""


DEBUGSTREAM: Any = Devnull()
NEWLINE = "\n"
COMMASPACE = ", "
DATA_SIZE_DEFAULT = 33554432
"""Bytes of a message that a server takes by default (32 MiB)."""

from ._channel import SMTPChannel  # noqa: E402  (they use the names above)
from ._command_line import Options, parseargs, usage  # noqa: E402
from ._servers import DebuggingServer, PureProxy, SMTPServer  # noqa: E402

__all__ = ["DebuggingServer", "PureProxy", "SMTPChannel", "SMTPServer"]

if sys.version_info < (3, 11):
    from ._servers import MailmanProxy

    __all__ += ["MailmanProxy"]

_OLD_IMPORTS = (asynchat, asyncore, collections, errno, getopt, os, warn)
"""What programs reached through smtpd's namespace."""

# The stdlib's classes said that they were defined here; so do these.
_public: list[Any] = [SMTPChannel, SMTPServer, DebuggingServer, PureProxy, Options, usage, parseargs]
for _item in _public:
    _item.__module__ = __name__
