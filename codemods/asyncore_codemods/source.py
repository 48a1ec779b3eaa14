"""One source file as bytes, text and syntax tree.

The bytes are kept as they were read: they are what is written back where nothing changes, and what the file on
disk is compared with before it is replaced.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.annotated import take_annotations_out
from asyncore_codemods.nodes import listed
from asyncore_codemods.python2 import marks_in_text, marks_in_tree
from asyncore_codemods.spans import Span
from asyncore_codemods.spelt_out import shorten_hooks

if TYPE_CHECKING:
    from pathlib import Path

_COOKIE = re.compile(rb"coding[:=]")
_BRACKET = re.compile(r"[()\[\]{}]")
_DEEP = 200  # brackets: as deep as Python itself goes
_LINE_END = re.compile(r"\r\n|\r|\n")


class SourceError(Exception):
    """A file that cannot be understood; carries a finding code, a line and a message."""

    def __init__(self, code: str, message: str, line: int = 1, column: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column


@dataclass
class Source:
    """A decoded and parsed Python file."""

    path: Path
    raw: bytes
    text: str
    encoding: str
    tree: ast.Module
    lines: list[str] = field(repr=False)

    def span(self, node: ast.AST) -> Span:
        """Return the place of *node*, with its columns in characters."""
        located: ast.expr = node  # type: ignore[assignment]  # any node with a position will do
        line, end_line = located.lineno, located.end_lineno or located.lineno
        return Span(
            line,
            self._characters(line, located.col_offset),
            end_line,
            self._characters(end_line, located.end_col_offset or 0),
        )

    def segment(self, node: ast.AST) -> str:
        """Return the text of *node* as its author wrote it."""
        return self.cut(self.span(node))

    def cut(self, span: Span) -> str:
        """Return the text of one piece of the file."""
        if span.line == span.end_line:
            return self.lines[span.line - 1][span.column : span.end_column]
        parts = [self.lines[span.line - 1][span.column :]]
        parts += self.lines[span.line : span.end_line - 1]
        parts.append(self.lines[span.end_line - 1][: span.end_column])
        return "\n".join(parts)

    def _characters(self, line: int, utf8_offset: int) -> int:
        text = self.lines[line - 1]
        return utf8_offset if text.isascii() else len(text.encode()[:utf8_offset].decode())


def read_source(path: Path) -> Source:
    """Read and parse *path*.

    Raises SourceError with the code UNREADABLE, ENCODING, PYTHON2 or SYNTAX if that cannot be done.
    """
    return parse_source(path, read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Return the bytes of *path*; raise SourceError(UNREADABLE) if they cannot be had."""
    try:
        with path.open("rb", buffering=0) as file:  # read whole, 10,000 times over: a buffer takes a third of that
            return file.readall()
    except OSError as error:
        raise SourceError("UNREADABLE", f"cannot be read: {error.strerror or error}") from error


def complain_of_other_content(path: Path, raw: bytes) -> None:
    """Raise SourceError if *raw* cannot be what Python reads, and would be searched in vain."""
    if path.suffix == ".ipynb":
        raise SourceError("UNREADABLE", "is a notebook, which is not Python source")
    _complain_of_null_bytes(raw)


def parse_source(path: Path, raw: bytes, *, python2: bool = False) -> Source:
    """Decode and parse *raw*, the bytes of *path*; raise SourceError as read_source() does.

    With *python2*, Python 2 is converted first: the text is then the converted one, the raw bytes are the old ones.
    """
    text, encoding = _decode(raw)
    try:
        return _parse(path, raw, text, encoding)
    except SourceError as error:
        if error.code != "PYTHON2" or not python2:
            raise
        from asyncore_codemods.convert2 import ConversionError, convert  # noqa: PLC0415  rarely needed

        try:
            converted = convert(text, str(path))
        except ConversionError as failed:
            raise SourceError("PYTHON2", str(failed), error.line) from failed
        try:
            return _parse(path, raw, converted, encoding)
        except SourceError as failed:
            if failed.code != "PYTHON2":
                raise
            message = f"is Python 2 still after fissix has converted it ({failed.message.partition(': ')[2]})"
            raise SourceError("SYNTAX", message, error.line) from failed


def _parse(path: Path, raw: bytes, text: str, encoding: str) -> Source:
    lines = _LINE_END.split(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and the like are the author's business
            tree = ast.parse(text)
    except SyntaxError as error:
        _complain_of_python2(marks_in_text(text))
        line = error.lineno or 1
        if isinstance(error, TabError):
            _complain_of_python2([(line, "indentation that mixes tabs and spaces")])
        version = ".".join(map(str, sys.version_info[:2]))
        column = max((error.offset or 1) - 1, 0)
        if _is_newer(text):
            message = (
                f"uses syntax newer than Python {version}, which runs this command: {error.msg} in line {line}"
            )
        else:
            message = f"is not valid Python {version}: {error.msg} in line {line}"
        raise SourceError("SYNTAX", message, line, column) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise SourceError("SYNTAX", f"cannot be parsed: {error}") from error
    take_annotations_out(tree)
    nodes = listed(tree)
    _complain_of_python2(marks_in_tree(nodes, lines))
    shorten_hooks(nodes)
    return Source(path, raw, text, encoding, tree, lines)


def _is_newer(text: str) -> bool:
    """Tell whether text that this Python cannot parse is valid for a newer one, as far as libcst knows them."""
    import libcst  # noqa: PLC0415  slow to import, and rarely needed here

    if _depth(text) > _DEEP:  # which its parser is not proof against
        return False
    try:
        libcst.parse_module(text)
    except Exception:  # its parser has more than one kind of error
        return False
    return True


def _depth(text: str) -> int:
    """Return a bound for how deep brackets are nested in *text*."""
    depth = deepest = 0
    for match in _BRACKET.finditer(text):
        depth = max(depth + (1 if match.group() in "([{" else -1), 0)
        deepest = max(deepest, depth)
    return deepest


def _complain_of_python2(marks: list[tuple[int, str]]) -> None:
    if marks:
        line, what = marks[0]
        raise SourceError("PYTHON2", f"is Python 2: {what} in line {line}", line)


def _complain_of_null_bytes(raw: bytes) -> None:
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise SourceError("ENCODING", f"holds a null byte in line {line}, so it is not Python source", line)


def _decode(raw: bytes) -> tuple[str, str]:
    _complain_of_null_bytes(raw)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except SyntaxError as error:
        if _COOKIE.search(b"".join(raw.splitlines(keepends=True)[:2])):
            raise SourceError("ENCODING", f"declares an encoding that cannot be used: {error.msg}") from error
        encoding = "utf-8"
    try:
        return raw.decode(encoding), encoding
    except LookupError as error:  # hex and rot13 make something else of bytes than text
        raise SourceError("ENCODING", f"declares an encoding that is not one of text: {encoding}") from error
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceError(
            "ENCODING", f"is not valid {encoding}: byte {raw[error.start]:#04x} in line {line}", line
        ) from error
    except UnicodeError as error:
        raise SourceError("ENCODING", f"is not valid {encoding}: {error}") from error
