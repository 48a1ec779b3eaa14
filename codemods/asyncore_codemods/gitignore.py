"""Patterns as .gitignore files have them, with git's own meaning, checked one entry at a time from the top down.

Going from the top down is what makes the meaning git's: nothing below an ignored directory is ever looked at, so
nothing there can be taken back by a later pattern.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pathspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMED_GROUP = re.compile(r"\(\?P<\w+>")


class Patterns:
    """The lines of one file, which hold below *directory*, an absolute path."""

    def __init__(self, directory: str, lines: list[str]) -> None:
        self._start = len(directory.rstrip(os.sep)) + 1
        self._patterns = [pattern for line in lines for pattern in _compiled(line)]
        self._patterns.reverse()
        # most entries match no pattern at all, and one search tells
        sources = [_NAMED_GROUP.sub("(?:", regex.pattern) for regex, _, _ in self._patterns]
        self._any = re.compile("|".join(sources)) if sources else None

    def verdict(self, path: str, *, is_directory: bool) -> bool | None:
        """Return True for ignored, False for taken back, None for no say."""
        if self._any is None:
            return None
        name = path[self._start :].replace(os.sep, "/")
        as_directory = f"{name}/" if is_directory else name
        if not (self._any.search(as_directory) or self._any.search(name)):
            return None
        for regex, include, directories_only in self._patterns:  # the last line with a say decides
            # `dir/**` is about what is in dir: with a slash behind it, dir itself would match
            if regex.search(as_directory if directories_only else name):
                return include
        return None


def _compiled(line: str) -> Iterator[tuple[re.Pattern[str], bool, bool]]:
    """Yield the regular expression of a line, whether it ignores, and whether it is about directories only."""
    try:
        patterns = list(pathspec.GitIgnoreSpec.from_lines([line]).patterns)
    except ValueError:  # git steps over what it cannot read, too
        return
    for pattern in patterns:
        if pattern.regex is not None and pattern.include is not None:
            yield pattern.regex, pattern.include, line.rstrip().endswith("/")


def read_patterns(directory: str, name: str = ".gitignore") -> list[Patterns]:
    """Return the patterns in the file *name* below *directory*, where they hold: none if there is no such file."""
    try:
        with open(os.path.join(directory, name), encoding="utf-8", errors="surrogateescape") as stream:
            lines = stream.read().split("\n")
    except OSError:
        return []
    return [Patterns(directory, [line.rstrip("\r") for line in lines])]


def inherited_patterns(directory: str) -> list[Patterns]:
    """Return the patterns that hold in *directory* because of what lies above it in its repository.

    Without a repository, what lies above does not concern it.
    """
    above: list[Patterns] = []
    current = directory
    while True:
        if os.path.exists(os.path.join(current, ".git")):
            return read_patterns(current, os.path.join(".git", "info", "exclude")) + above
        parent = os.path.dirname(current)
        if parent == current:
            return []
        above[:0] = read_patterns(parent)
        current = parent


def ignored(path: str, patterns: list[Patterns], *, is_directory: bool) -> bool:
    """Tell what the deepest of *patterns* with a say on *path* says."""
    for one in reversed(patterns):
        verdict = one.verdict(path, is_directory=is_directory)
        if verdict is not None:
            return verdict
    return False
