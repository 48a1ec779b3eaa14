"""Write files so that, killed at any moment, each of them is either old or new.

A new text goes into a file beside the old one, which then takes its name. Files that belong together are all
prepared before the first is replaced, and put back if one of them fails.
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
        mode = stat.S_IMODE(target.stat().st_mode)
        if not os.access(target, os.W_OK):
            raise WriteError(file.path, "is read-only")
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(file.new)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(mode)
        except BaseException:
            temporary.unlink()
            raise
    except OSError as error:
        raise WriteError(file.path, f"cannot be written: {error.strerror or error}") from error
    return temporary


def _replace_all(prepared: list[tuple[FileResult, Path, Path]]) -> None:
    replaced: list[tuple[FileResult, Path]] = []
    for file, target, temporary in prepared:
        try:
            temporary.replace(target)
        except OSError as error:
            for done, path in replaced:
                with contextlib.suppress(OSError):
                    path.write_bytes(done.old)
            raise WriteError(file.path, f"cannot be written: {error.strerror or error}") from error
        replaced.append((file, target))
