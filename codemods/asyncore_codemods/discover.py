"""Find the Python files below some paths: *.py, *.pyw, and scripts without a suffix whose first line names Python.

.gitignore files count at every level, as git reads them. Virtual environments, installed packages and version
control directories are stepped over and remembered, so that a report can say what was not looked at.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asyncore_codemods.gitignore import Patterns, ignored, inherited_patterns, read_patterns
from asyncore_codemods.options import Options
from asyncore_codemods.required import may_require

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUFFIXES = (".py", ".pyw")
_LONGEST_SHEBANG = 256  # bytes, as Linux reads them
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
    real: dict[Path, Path] = field(default_factory=dict)  # every file -> the same without symlinks
    requirements: list[Path] = field(default_factory=list)  # what may say which packages the project needs
    unnamed: dict[Path, Path] = field(default_factory=dict)  # files whose names are not text: as shown -> the same


def discover(paths: Iterable[Path], options: Options | None = None) -> Discovery:
    """Return every Python file in *paths*: files as they are named, directories searched."""
    found = Discovery()
    walker = _Walker(found, options or Options())
    for path in paths:
        if path.is_dir():
            walker.enter(path)
        else:
            walker.take_named(path)
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
        if is_project(candidate):
            return candidate
    while (directory / "__init__.py").exists() and directory.parent != directory:
        directory = directory.parent
    return directory


def is_project(directory: Path) -> bool:
    """Tell whether something in *directory* says that it is a project."""
    return any((directory / mark).exists() for mark in _PROJECT_MARKS)


class _Directory(NamedTuple):
    """One to search."""

    shown: str  # as it is named in reports
    absolute: str
    real: str  # without symlinks
    patterns: list[Patterns]  # of the .gitignore files above it


class _Walker:
    """Searches directories. Works on strings: a large tree has very many files that do not matter."""

    def __init__(self, found: Discovery, options: Options) -> None:
        self._found = found
        self._seen: set[str] = set()
        self._include = _by_directory(options.include)
        self._exclude = _by_directory(options.exclude)
        self._force = options.force_exclude

    def enter(self, path: Path) -> None:
        """Search the directory *path*."""
        absolute = os.path.abspath(path)
        start = _Directory(str(path), absolute, os.path.realpath(absolute), inherited_patterns(absolute))
        searches = [self._search(start)]
        while searches:  # not by recursion: directories can be deeper than Python's stack
            below = next(searches[-1], None)
            if below is None:
                searches.pop()
            else:
                searches.append(self._search(below))

    def take_named(self, path: Path) -> None:
        """Take the file *path*, which somebody named."""
        if not (self._force and self._is_excluded(os.path.abspath(path))):
            self._take(str(path), os.path.realpath(path))

    def _take(self, shown: str, real: str) -> None:
        if real not in self._seen:
            self._seen.add(real)
            path = Path(shown)
            if not _is_text(shown):
                self._found.unnamed[Path(_as_text(shown))] = path
                return
            self._found.files.append(path)
            self._found.real[path] = Path(real)

    def _is_excluded(self, absolute: str) -> bool:
        """Tell whether *absolute* or a directory above it is excluded."""
        while True:
            if ignored(absolute, self._exclude, is_directory=os.path.isdir(absolute)):
                return True
            parent = os.path.dirname(absolute)
            if parent == absolute:
                return False
            absolute = parent

    def _search(self, where: _Directory) -> Iterator[_Directory]:
        """Take what is wanted of a directory, and yield those below it that are to be searched."""
        shown, absolute, real, patterns = where
        try:
            with os.scandir(absolute) as scan:
                # files before the links to them, so that they go by their own names
                entries = sorted(scan, key=lambda entry: (entry.is_symlink(), entry.name))
        except OSError as error:
            self._found.skipped.append((Path(_as_text(shown)), f"cannot be listed: {error.strerror or error}"))
            return
        if any(entry.name == ".gitignore" for entry in entries):
            patterns = patterns + read_patterns(absolute)
        directory = os.path.basename(absolute)
        for entry in entries:
            name = entry.name
            path, below = os.path.join(shown, name), os.path.join(absolute, name)
            if entry.is_dir(follow_symlinks=False):
                if name not in _NEVER and not self._leaves_out(below, patterns, is_directory=True):
                    reason = _reason_to_skip(below, name)
                    if reason:
                        self._found.skipped.append((Path(_as_text(path)), reason))
                    else:
                        yield _Directory(path, below, os.path.join(real, name), patterns)
            elif (
                self._is_wanted(below, name)
                and not self._leaves_out(below, patterns, is_directory=False)
                and os.path.isfile(below)  # not DirEntry.is_file(), to which a link to itself is an error
            ):
                self._take(path, os.path.realpath(below) if entry.is_symlink() else os.path.join(real, name))
            if (
                may_require(name, directory)
                and _is_text(path)
                and not self._leaves_out(below, patterns, is_directory=False)
            ):
                self._found.requirements.append(Path(path))

    def _is_wanted(self, path: str, name: str) -> bool:
        if not self._include:
            return name.endswith(_SUFFIXES) or ("." not in name and _is_script(path))
        return ignored(path, self._include, is_directory=False)

    def _leaves_out(self, path: str, patterns: list[Patterns], *, is_directory: bool) -> bool:
        return ignored(path, patterns, is_directory=is_directory) or (
            bool(self._exclude) and ignored(path, self._exclude, is_directory=is_directory)
        )


def _is_text(name: str) -> bool:
    """Tell whether a name can be written in a report: that of a file is bytes to some systems."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def fault_of_name(path: Path) -> str:
    """Say what is the matter with the name of one of the `unnamed` files."""
    try:
        os.fsencode(path).decode()
    except UnicodeDecodeError:
        return "has a name that is not text in UTF-8"
    encoding = sys.getfilesystemencoding()
    return f"has a name that is not text in {encoding}, which this locale has Python use: set PYTHONUTF8=1"


def _as_text(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _by_directory(pairs: tuple[tuple[str, str], ...]) -> list[Patterns]:
    lines: dict[str, list[str]] = {}
    for directory, pattern in pairs:
        lines.setdefault(os.path.abspath(directory), []).append(pattern)
    return [_Scoped(directory, patterns) for directory, patterns in lines.items()]


class _Scoped(Patterns):
    """Patterns from the command line or pyproject.toml: of what lies outside their directory they say nothing."""

    def __init__(self, directory: str, lines: list[str]) -> None:
        super().__init__(directory, lines)
        self._prefix = directory.rstrip(os.sep) + os.sep

    def verdict(self, path: str, *, is_directory: bool) -> bool | None:
        return super().verdict(path, is_directory=is_directory) if path.startswith(self._prefix) else None


def _is_script(path: str) -> bool:
    """Tell whether a file without a suffix says itself that it is for Python, as installed programs do."""
    if not os.path.isfile(path):  # to open a pipe would be to wait
        return False
    try:
        with open(path, "rb") as file:
            first = file.readline(_LONGEST_SHEBANG)
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first


def _reason_to_skip(path: str, name: str) -> str:
    if name in _VENDORED:
        return _VENDORED[name]
    if os.path.basename(os.path.dirname(path)) == "build" and name.startswith(("lib", "bdist.")):
        return "what setuptools has built"
    if os.path.exists(os.path.join(path, "pyvenv.cfg")):
        return "a virtual environment"
    return ""
