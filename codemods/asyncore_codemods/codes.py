"""The codes of findings: one for everything that can be said about a class or a file.

Each code has a page in rules/, which `asyncore-migrate explain CODE` prints.
"""

from __future__ import annotations

import enum


class Code(str, enum.Enum):
    """A finding's code, as it is written in reports and in ignore comments."""

    # What can be done, and by which strategy.
    IMPORT = "IMPORT"
    RUN = "RUN"
    STREAMS = "STREAMS"

    # Why a class stays on the bridge.
    AFTER_LOOP = "AFTER-LOOP"
    ASYNCORE_USE = "ASYNCORE-USE"
    BASES = "BASES"
    BUFFER = "BUFFER"
    CLIENT = "CLIENT"
    CLOSE_OVERRIDE = "CLOSE-OVERRIDE"
    COLLECT = "COLLECT"
    CONSTRUCTION = "CONSTRUCTION"
    DATAGRAM = "DATAGRAM"
    DISPATCHER = "DISPATCHER"
    EXTERNAL_USE = "EXTERNAL-USE"
    FILE_DISPATCHER = "FILE-DISPATCHER"
    HANDLE_CLOSE = "HANDLE-CLOSE"
    HANDLE_ERROR = "HANDLE-ERROR"
    HIERARCHY = "HIERARCHY"
    INTERNALS = "INTERNALS"
    LISTENER = "LISTENER"
    LOG_OVERRIDE = "LOG-OVERRIDE"
    LOOP = "LOOP"
    MAP = "MAP"
    NO_LOOP = "NO-LOOP"
    OUTSIDE = "OUTSIDE"
    OVERRIDE = "OVERRIDE"
    PREDICATE = "PREDICATE"
    PRODUCER = "PRODUCER"
    PROGRAM = "PROGRAM"
    SMTPD = "SMTPD"
    SOCKET = "SOCKET"
    TERMINATOR = "TERMINATOR"
    TEXT_MODE = "TEXT-MODE"
    THREADS = "THREADS"

    # How the rewritten code differs.
    BACKPRESSURE = "BACKPRESSURE"
    FLUSH_ON_EOF = "FLUSH-ON-EOF"
    TEXT_BY_FRAME = "TEXT-BY-FRAME"
    AFTER_ERROR = "AFTER-ERROR"
    AT_END = "AT-END"
    AS_UTF8 = "AS-UTF8"
    CONNECT = "CONNECT"
    RECONNECT = "RECONNECT"
    PIPE = "PIPE"
    UNSENT = "UNSENT"
    ONCE = "ONCE"
    SMTP_REPLIES = "SMTP-REPLIES"

    # Comments for this tool.
    UNUSED_IGNORE = "UNUSED-IGNORE"

    # Mistakes about the old API: pages in misuse/.
    ARGUMENT = "ARGUMENT"
    COMMAND_LINE = "COMMAND-LINE"
    COUNTED_ONCE = "COUNTED-ONCE"
    DELEGATION = "DELEGATION"
    INVENTED = "INVENTED"
    LOOP_ARGUMENT = "LOOP-ARGUMENT"
    MODULE_NAME = "MODULE-NAME"
    OWN_COPY = "OWN-COPY"
    PUSH_CLOSE = "PUSH-CLOSE"
    RECEIVING = "RECEIVING"
    REQUIREMENT = "REQUIREMENT"
    SIGNATURE = "SIGNATURE"
    START_SERVER = "START-SERVER"
    TRICK = "TRICK"

    # Files that are left alone.
    ENCODING = "ENCODING"
    INTERNAL = "INTERNAL"
    PYTHON2 = "PYTHON2"
    SYNTAX = "SYNTAX"
    UNREADABLE = "UNREADABLE"
    VERIFY = "VERIFY"

    def __str__(self) -> str:
        return self.value


SAFE_DIFFERENCES = (
    *(Code.BACKPRESSURE, Code.FLUSH_ON_EOF, Code.TEXT_BY_FRAME, Code.CONNECT),
    *(Code.RECONNECT, Code.PIPE, Code.UNSENT, Code.ONCE),
)
"""How rewritten code may differ without being asked to: findings name them, and none has such a code itself."""
