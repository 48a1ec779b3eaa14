"""Looks at a file's bytes that tell whether it is worth parsing."""

from __future__ import annotations

import re

_MENTION = re.compile(rb"\b(?:asyncore|asynchat|smtpd|asyncchat)(?:\b|_)")  # asyncchat: a slip that misuse/ reports
_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")


def mentions(raw: bytes) -> bool:
    """Tell whether *raw* names a removed module, or the bridge."""
    return (b"async" in raw or b"smtpd" in raw) and _MENTION.search(raw) is not None  # most files have neither


PACKAGE = b"."  # stands among words for the package that a file is in
_FROM_PACKAGE = re.compile(rb"from\s*\.+\s*import\b")


def imported_words(raw: bytes) -> frozenset[bytes]:
    """Return the words of what looks like import statements in *raw*, and PACKAGE for `from . import name`."""
    words: set[bytes] = set()
    end = raw.find(b"import")
    while end >= 0:
        start = max(raw.rfind(b"\n", 0, end), raw.rfind(b"\r", 0, end)) + 1
        stop = raw.find(b"\n", end)
        stop = len(raw) if stop < 0 else stop
        line = raw[start:stop].lstrip()
        if line.startswith((b"import", b"from")):
            if b"(" in line and b")" not in line:
                stop = max(stop, raw.find(b")", stop))
                line = raw[start:stop].lstrip()
            words.update(_WORD.findall(line))
            if _FROM_PACKAGE.match(line):
                words.add(PACKAGE)
        end = raw.find(b"import", stop)
    return frozenset(words)
