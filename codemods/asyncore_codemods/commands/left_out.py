"""Files that `--exclude` left out and that what has been written matters to: tests, mostly, which may fail now."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.discover import discover
from asyncore_codemods.source import SourceError, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from asyncore_codemods.options import Options

_SHOWN = 10
_IMPORTS = re.compile(rf"^\s*(?:import|from)\s+(?:{'|'.join(legacy.MODULES)})\b".encode(), re.MULTILINE)


def say_of_left_out(paths: Sequence[Path], options: Options, rewritten: set[tuple[str, str]]) -> Iterator[str]:
    """Yield lines about the files that were left out, after something has been written.

    Some name classes of *rewritten*, pairs of file and class; others import removed modules.
    """
    if not options.exclude:
        return
    users, importers = [], []
    for path, text in _left_out(paths, options):
        words = set(re.findall(rb"\w+", text))
        names = {n for file, n in rewritten if n.encode() in words and _module_name(file).encode() in words}
        if names:
            users.append(f"{path}: {', '.join(sorted(names))}")
        elif _IMPORTS.search(text):
            importers.append(str(path))
    if users:
        yield "Left out, and they use what has been rewritten, so that they have to be changed by hand:"
        yield from _listed(users)
    if importers:
        yield "Left out, and they import removed modules (`asyncore-migrate fix --level import` mends that):"
        yield from _listed(importers)


def _listed(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN} more"


def _left_out(paths: Sequence[Path], options: Options) -> Iterator[tuple[Path, bytes]]:
    looked_at = set(discover(paths, options).real.values())
    for path, real in discover(paths, replace(options, exclude=())).real.items():
        if real not in looked_at:
            with contextlib.suppress(SourceError):
                yield path, read_bytes(path)


def _module_name(file: str) -> str:
    """Return the last part of the name by which a file is imported."""
    parts = re.split(r"[/\\]", re.sub(r"([/\\]__init__)?\.\w+$", "", file))
    return parts[-1]
