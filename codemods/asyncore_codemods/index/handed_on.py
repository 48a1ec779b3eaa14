"""Which further files of a project may do something with the objects of its legacy classes.

A session can be handed on, from module to module, to one that says `self.connection.push(line)` and imports nothing
of asyncore. So all that the legacy code imports is followed, however far; and where a program loads modules by
names that it makes or finds at run time, every file below it may be meant that names something of these classes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asyncore_codemods import legacy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncore_codemods.index.project import ClassEntry

FURTHER = 60  # files: of a large project the nearest are read, since each takes a good part of a second

_LOADS = re.compile(
    r"\b(?:import_module|__import__|spec_from_file_location|pkgutil|runpy|load_source|load_module|execfile"
    r"|entry_points|iter_entry_points|pydoc\.locate|import_string)\b|(?<![\w.])exec\s*\("
)


def loads_by_name(text: str) -> bool:
    """Tell whether a file may import others by names that it makes, or finds, at run time."""
    return _LOADS.search(text) is not None


def uses_of(entries: Iterable[ClassEntry]) -> re.Pattern[bytes]:
    """Return a pattern that finds every word by which objects of legacy classes can be used."""
    names: set[str] = set()
    for entry in entries:
        names |= legacy.inherited_names(entry.root or "")
        names |= {getattr(statement, "name", "") for statement in entry.node.body}  # of methods
    words = "|".join(sorted(re.escape(name) for name in names if name and not name.startswith("__")))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)".encode())
