"""Files that cannot be parsed, and what of the project they use.

A file in Python 2, or with a slip in it, may make objects of a class that is about to be rewritten, or derive from
it. Its bytes tell which modules it imports, by their names, and which words stand in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.index.mentions import imported_words

if TYPE_CHECKING:
    from pathlib import Path

    from asyncore_codemods.source import SourceError

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")


@dataclass(frozen=True)
class Unread:
    """A file that could not be parsed."""

    path: Path
    words: frozenset[bytes]
    imported: frozenset[bytes]  # those of its import statements
    is_python2: bool = False

    def uses(self, module: Path, name: str) -> bool:
        """Tell whether the file may mean the class *name* of the file *module*."""
        package = module.name == "__init__.py"
        stem, above = (module.parent, module.parent.parent) if package else (module, module.parent)
        is_beside = above.resolve() == self.path.parent.resolve()
        is_named = stem.stem.encode() in self.imported and (is_beside or above.name.encode() in self.imported)
        return is_named and name.encode() in self.words


def read_unparsed(path: Path, raw: bytes, error: SourceError) -> Unread:
    """Return what is known of the file at *path*, whose bytes are *raw*, behind an *error*."""
    return Unread(path, frozenset(_WORD.findall(raw)), imported_words(raw), error.code == "PYTHON2")
