"""Write files so that, killed at any moment, each of them is either old or new.

A new text goes into a file beside the old one, which then takes its name. Files that belong together are all
prepared before the first is replaced, and put back if one of them fails. A kill between two replacements, which
are one system call each, leaves some files of a group new and some old: every file is whole, and running the
command again finishes the work or version control undoes it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.findings import FileResult


class WriteError(Exception):
    """A file that could not be written; it and those that belong to it are as they were."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


def write_together(files: list[FileResult]) -> None:
    """Replace all *files* or none of them; raises WriteError."""
    prepared: list[tuple[FileResult, Path, Path]] = []
    try:
        for file in files:
            target = Path(os.path.realpath(file.path))  # through a symlink, to what it stands for
            prepared.append((file, target, _prepare(file, target)))
        _replace_all(prepared)
    finally:
        for _, _, temporary in prepared:
            with contextlib.suppress(OSError):
                temporary.unlink()


def _prepare(file: FileResult, target: Path) -> Path:
    try:
        if target.read_bytes() != file.old:
            raise WriteError(file.path, "has changed since it was read; run the command again")
        before = target.stat()
        if not os.access(target, os.W_OK):
            raise WriteError(file.path, "is read-only")
        if not os.access(target.parent, os.W_OK):
            raise WriteError(file.path, "is in a read-only directory, and the new text is written beside it first")
        return _beside(target, file.new, before)
    except OSError as error:
        raise WriteError(file.path, f"cannot be written: {error.strerror or error}") from error


def _beside(target: Path, content: bytes, like: os.stat_result) -> Path:
    """Write *content* to a new file beside *target* that has the mode of *like*, and its owner if that may be."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if hasattr(os, "chown"):
            _give(temporary, like)
        temporary.chmod(_mode(temporary.stat(), like))  # after chown(), which takes the set-id bits away
    except BaseException:
        temporary.unlink()
        raise
    return temporary


def _give(temporary: Path, like: os.stat_result) -> None:
    """Give a new file the owner and the group of *like*, as far as this user may."""
    made = temporary.stat()
    if made.st_gid != like.st_gid:
        with contextlib.suppress(PermissionError):  # of a group that the user is not in
            os.chown(temporary, -1, like.st_gid)
    if made.st_uid != like.st_uid:
        with contextlib.suppress(PermissionError):  # of another user: a group's file, as version control leaves it
            os.chown(temporary, like.st_uid, -1)


def _mode(made: os.stat_result, like: os.stat_result) -> int:
    """Return the mode of *like*; what it lets its owner and group do, it lets no others do instead."""
    mode = stat.S_IMODE(like.st_mode)
    if made.st_gid != like.st_gid:
        mode = mode & ~(stat.S_IRWXG | stat.S_ISGID) | (mode & stat.S_IRWXO) << 3
    return mode & ~stat.S_ISUID if made.st_uid != like.st_uid else mode


def _replace_all(prepared: list[tuple[FileResult, Path, Path]]) -> None:
    replaced: list[tuple[FileResult, Path]] = []
    for file, target, temporary in prepared:
        try:
            if target.read_bytes() != file.old:  # preparing a large group takes a while
                raise WriteError(file.path, "has changed since it was read; run the command again")
            temporary.replace(target)
        except (OSError, WriteError) as error:
            lost = _put_back(replaced)
            message = error.message if isinstance(error, WriteError) else f"cannot be written: {_words(error)}"
            if lost:
                message += f". {', '.join(lost)} could not be put back and is new: see what version control has"
            raise WriteError(file.path, message) from error
        replaced.append((file, target))
    for directory in {target.parent for _, target, _ in prepared}:
        _sync(directory)


def _put_back(replaced: list[tuple[FileResult, Path]]) -> list[str]:
    """Give replaced files their old content again; return those for which that fails."""
    lost = []
    for file, target in replaced:
        try:
            temporary = _beside(target, file.old, target.stat())
            try:
                temporary.replace(target)
            except BaseException:
                temporary.unlink()
                raise
        except OSError:
            lost.append(file.path)
    return lost


def _words(error: OSError) -> str:
    return error.strerror or str(error)


def _sync(directory: Path) -> None:
    """Make the new names last through a power failure, where directories can be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
