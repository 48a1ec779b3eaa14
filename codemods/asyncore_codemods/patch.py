"""Patches in the form that `git apply` and `patch -p1` take."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asyncore_codemods.findings import FileResult

_ESCAPES = {
    7: b"\\a",
    8: b"\\b",
    9: b"\\t",
    10: b"\\n",
    11: b"\\v",
    12: b"\\f",
    13: b"\\r",
    34: b'\\"',
    92: b"\\\\",
}


def patch(files: list[FileResult]) -> tuple[str, bytes]:
    """Return one patch for *files*, and the directory that its names start in: "" for the working directory.

    In a git repository that is its top, as git has it; elsewhere the working directory, if that holds the files.
    """
    paths = [os.path.abspath(file.path) for file in files]
    here = os.getcwd()
    directory = _start(paths) if paths else here
    parts = [
        line for file, path in zip(files, paths) for line in _file_patch(file, os.path.relpath(path, directory))
    ]
    return directory if directory != here else "", b"".join(parts)


def _start(paths: list[str]) -> str:
    """Return the directory from which git, or else whoever reads the patch, looks for the files."""
    common = os.path.commonpath([os.path.dirname(path) for path in paths])
    for directory in (Path(common), *Path(common).parents):
        if (directory / ".git").exists():
            return str(directory)
    here = os.getcwd()
    return common if any(os.path.relpath(path, here).startswith(os.pardir) for path in paths) else here


def _file_patch(file: FileResult, name: str) -> Iterator[bytes]:
    raw = os.fsencode(Path(name).as_posix())
    lines = difflib.diff_bytes(
        difflib.unified_diff, _lines(file.old), _lines(file.new), _quoted(b"a/" + raw), _quoted(b"b/" + raw)
    )
    for line in lines:
        yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _lines(raw: bytes) -> list[bytes]:
    """Cut where git does, at line feeds only: a carriage return belongs to its line."""
    return [line for line in _split(raw) if line]


def _split(raw: bytes) -> Iterable[bytes]:
    *whole, last = raw.split(b"\n")
    return [*(line + b"\n" for line in whole), last]


def _quoted(name: bytes) -> bytes:
    """Return a name as git writes it: in quotes if it must be; with a tab after it if it holds a space."""
    if any(byte < 32 or byte in b'"\\' or byte == 127 for byte in name):
        return (
            b'"'
            + b"".join(_ESCAPES.get(b) or (b"\\%03o" % b if b < 32 or b > 126 else bytes([b])) for b in name)
            + b'"'
        )
    return name + b"\t" if b" " in name else name
