"""Files that cannot be parsed, and what of the project they name.

A file in Python 2, or with a slip in it, may make objects of a class that is about to be rewritten, or derive from
it. Its bytes tell which modules it imports, by their names, and which words stand in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")


@dataclass(frozen=True)
class Unread:
    """A file that could not be parsed."""

    path: Path
    words: frozenset[bytes]

    def uses(self, module: Path, name: str) -> bool:
        """Tell whether the file may mean the class *name* of the file *module*."""
        stem = module.parent.name if module.name == "__init__.py" else module.stem
        return {stem.encode(), name.encode()} <= self.words


def read_unparsed(path: Path, raw: bytes) -> Unread:
    """Return what is known of the file at *path*, whose bytes are *raw*."""
    return Unread(path, frozenset(_WORD.findall(raw)))
