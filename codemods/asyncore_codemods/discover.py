"""Find the Python files below some paths.

.gitignore files count at every level, as git reads them. Virtual environments, installed packages and version
control directories are stepped over and remembered, so that a report can say what was not looked at.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pathspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUFFIXES = (".py", ".pyw")
_NEVER = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".tox", ".nox", ".eggs", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)
_VENDORED = {
    "node_modules": "JavaScript packages",
    "site-packages": "installed packages",
    "dist-packages": "installed packages",
}
_PROJECT_MARKS = (".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg")


@dataclass
class Discovery:
    """What was found: the files, in order, and the directories that were left out, with the reason."""

    files: list[Path] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)


def discover(paths: Iterable[Path]) -> Discovery:
    """Return every Python file in *paths*: files as they are named, directories searched."""
    found = Discovery()
    seen: set[Path] = set()
    for path in paths:
        candidates: Iterable[Path] = _walk(path, found, _inherited_ignores(path)) if path.is_dir() else [path]
        for candidate in candidates:
            key = candidate.resolve()
            if key not in seen:
                seen.add(key)
                found.files.append(candidate)
    return found


def context_root(path: Path) -> Path:
    """Return the directory whose files can use what *path* defines.

    That is the project that *path* belongs to, or else the directory that its top-level package lies in.
    """
    start = path.resolve()
    directory = start if start.is_dir() else start.parent
    home = Path.home()
    for candidate in (directory, *directory.parents):
        if candidate in (home, Path(candidate.anchor)):
            break
        if any((candidate / mark).exists() for mark in _PROJECT_MARKS):
            return candidate
    while (directory / "__init__.py").exists() and directory.parent != directory:
        directory = directory.parent
    return directory


class _Ignore:
    """One .gitignore file: its patterns hold below its own directory."""

    def __init__(self, directory: Path, lines: list[str]) -> None:
        self.directory = directory
        self.spec = pathspec.GitIgnoreSpec.from_lines(lines)

    def verdict(self, path: Path, *, is_directory: bool) -> bool | None:
        """Return True for ignored, False for re-included, None for no say."""
        name = path.relative_to(self.directory).as_posix() + ("/" if is_directory else "")
        return self.spec.check_file(name).include


def _read_ignore(directory: Path) -> list[_Ignore]:
    try:
        lines = (directory / ".gitignore").read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [_Ignore(directory, lines)]


def _inherited_ignores(path: Path) -> list[_Ignore]:
    """Return the .gitignore files above *path*, up to the root of its repository."""
    above: list[_Ignore] = []
    directory = Path(os.path.abspath(path))  # noqa: PTH100  resolve() would leave the tree through a symlink
    if (directory / ".git").exists():
        return above
    for parent in directory.parents:
        above[:0] = _read_ignore(parent)
        if (parent / ".git").exists():
            return above
    return []  # no repository: what lies above does not concern these files


def _walk(directory: Path, found: Discovery, ignores: list[_Ignore]) -> Iterator[Path]:
    absolute = Path(os.path.abspath(directory))  # noqa: PTH100
    ignores = ignores + _read_ignore(absolute)
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError as error:
        found.skipped.append((directory, f"cannot be listed: {error.strerror or error}"))
        return
    for entry in entries:
        path = directory / entry.name
        is_directory = entry.is_dir(follow_symlinks=False)
        if is_directory and entry.name not in _NEVER:
            reason = _reason_to_skip(path)
            if reason:
                found.skipped.append((path, reason))
            elif not _ignored(absolute / entry.name, ignores, is_directory=True):
                yield from _walk(path, found, ignores)
        elif (
            not is_directory
            and entry.name.endswith(_SUFFIXES)
            and entry.is_file()
            and not _ignored(absolute / entry.name, ignores, is_directory=False)
        ):
            yield path


def _reason_to_skip(directory: Path) -> str:
    if directory.name in _VENDORED:
        return _VENDORED[directory.name]
    if (directory / "pyvenv.cfg").exists():
        return "a virtual environment"
    return ""


def _ignored(path: Path, ignores: list[_Ignore], *, is_directory: bool) -> bool:
    for ignore in reversed(ignores):  # the deepest file that has a say decides
        verdict = ignore.verdict(path, is_directory=is_directory)
        if verdict is not None:
            return verdict
    return False
