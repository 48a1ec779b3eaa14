"""Files that `--exclude` left out and that use what has been rewritten: tests, mostly, which may fail now."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from asyncore_codemods.discover import discover
from asyncore_codemods.source import SourceError, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from asyncore_codemods.options import Options

_SHOWN = 10


def say_of_users(paths: Sequence[Path], options: Options, rewritten: set[tuple[str, str]]) -> Iterator[str]:
    """Yield lines about the files that were left out and name classes of *rewritten*, pairs of file and class."""
    found = list(_users(paths, options, rewritten)) if options.exclude and rewritten else []
    if not found:
        return
    yield "Left out, and they use what has been rewritten, so that they have to be changed by hand:"
    for path, names in found[:_SHOWN]:
        yield f"  {path}: {', '.join(names)}"
    if len(found) > _SHOWN:
        yield f"  and {len(found) - _SHOWN} more"


def _users(
    paths: Sequence[Path], options: Options, rewritten: set[tuple[str, str]]
) -> Iterator[tuple[Path, list[str]]]:
    looked_at = set(discover(paths, options).real.values())
    for path, real in discover(paths, replace(options, exclude=())).real.items():
        if real in looked_at:
            continue
        try:
            words = set(re.findall(rb"\w+", read_bytes(path)))
        except SourceError:
            continue
        names = {
            name for file, name in rewritten if name.encode() in words and _module_name(file).encode() in words
        }
        if names:
            yield path, sorted(names)


def _module_name(file: str) -> str:
    """Return the last part of the name by which a file is imported."""
    parts = re.split(r"[/\\]", re.sub(r"([/\\]__init__)?\.\w+$", "", file))
    return parts[-1]
