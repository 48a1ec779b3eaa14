"""Give statements that share a line a line each, where a change needs the room.

`def f(self): a(); b()` has no place for a statement in front of `b()`. Only lines in which such a change is planned
are laid out; what can be changed where it stands stays on its line.
"""

from __future__ import annotations

import ast
import bisect
import dataclasses
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.plan.changes import FileChanges

_BETWEEN = re.compile(r"[ \t\f]*;(?:[ \t\f]|\\(?:\r\n|\r|\n))*")  # what joins two statements
_BEHIND = re.compile(r"[ \t\f]*;")
_INDENT = re.compile(r"[ \t\f]*")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_LISTS = ("body", "orelse", "finalbody")
_OF_STATEMENTS = ("extracted", "wrapped", "appended", "prepended", "statements", "removed")
_OF_BLOCKS = ("unwrapped", "body_starts", "guarded", "methods")


def lay_out(text: str, tree: ast.Module, changes: FileChanges) -> tuple[str, FileChanges]:
    """Return *text*, whose syntax is *tree*, with room for *changes*, and the changes where they then belong."""
    layout = _Layout(text, changes)
    for group in layout.groups(tree):
        if layout.needs_room(group):
            layout.spread(group)
    return (layout.text, changes) if not layout.edits else (layout.result(), layout.moved())


@dataclass
class _Group:
    """Statements on one line; *header* is what they belong to if that stands on the line as well."""

    statements: list[ast.stmt]
    header: Any = None


@dataclass
class _Layout:
    text: str
    changes: FileChanges
    edits: list[tuple[int, int, str]] = field(default_factory=list)  # from, to, the new text

    def __post_init__(self) -> None:
        self.lines = _NEWLINE.split(self.text)
        self.offsets = _line_starts(self.text)
        self.touched = {
            line
            for name in (*_OF_STATEMENTS, *_OF_BLOCKS, "hoisted")
            for span in getattr(self.changes, name)
            for line in range(span.line, span.end_line + 1)
        }

    # -- where statements share lines

    def groups(self, tree: ast.Module) -> Iterator[_Group]:
        """Yield the statements that do not have a line of their own, where a change may be."""
        for node in walk(tree):
            for name in _LISTS:
                body = getattr(node, name, None)
                if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                    yield from self._groups_of(node, body)

    def _groups_of(self, node: ast.AST, body: list[ast.stmt]) -> Iterator[_Group]:
        group = _Group([body[0]], node if self._follows_a_header(body[0]) else None)
        for before, statement in zip(body, body[1:]):
            if self._joined(before, statement):
                group.statements.append(statement)
                continue
            yield from self._worth(group)
            group = _Group([statement])
        yield from self._worth(group)

    def _worth(self, group: _Group) -> Iterator[_Group]:
        first, last = group.statements[0], group.statements[-1]
        shared = group.header is not None or len(group.statements) > 1 or _BEHIND.match(self.text, self._end(last))
        if shared and not self.touched.isdisjoint(range(first.lineno, (last.end_lineno or last.lineno) + 1)):
            yield group

    def _follows_a_header(self, statement: ast.stmt) -> bool:
        """Tell whether a statement stands behind the colon of what it belongs to."""
        before = self.text[self.offsets[statement.lineno - 1] : self._start(statement)].strip()
        return before.endswith(":")

    def _joined(self, before: ast.stmt, statement: ast.stmt) -> bool:
        return _BETWEEN.fullmatch(self.text, self._end(before), self._start(statement)) is not None

    # -- which need room

    def needs_room(self, group: _Group) -> bool:
        """Tell whether a change of *group* cannot be made on its line."""
        if group.header is not None and self._is_changed(group.header, _OF_BLOCKS):
            return True
        return any(self._needs_room(statement, group) for statement in group.statements)

    def _needs_room(self, statement: ast.stmt, group: _Group) -> bool:
        if self._is_changed(statement, _OF_STATEMENTS if group.header is not None else _OF_STATEMENTS[:4]):
            return True
        own = self._span(statement)
        if any(own.contains(span) for span in self.changes.hoisted):
            return True
        if any(
            (span.end_line, span.end_column) == (own.end_line, own.end_column) for span in self.changes.extracted
        ):
            return True
        return any(span.start == own.start and not _fits(new) for span, new in self.changes.statements.items())

    def _is_changed(self, node: Any, kinds: tuple[str, ...]) -> bool:
        nodes = [node, *getattr(node, "decorator_list", ())]
        starts = {self._span(one).start for one in nodes if hasattr(one, "lineno")}
        return any(span.start in starts for kind in kinds for span in getattr(self.changes, kind))

    # -- making it

    def spread(self, group: _Group) -> None:
        """Give every statement of *group* its own line."""
        first, last = group.statements[0], group.statements[-1]
        newline = next(iter(_NEWLINE.findall(self.text)), "\n")
        indent = self._indent_of(first if group.header is None else _located(group.header))
        if group.header is not None:
            indent += self._unit()
            start = self._start(first)
            before = self.text[:start]
            self.edits.append((len(before.rstrip(" \t\f")), start, newline + indent))
        for one, other in zip(group.statements, group.statements[1:]):
            self.edits.append((self._end(one), self._start(other), newline + indent))
        behind = _BEHIND.match(self.text, self._end(last))
        if behind:
            self.edits.append((behind.start(), behind.end(), ""))

    def _indent_of(self, node: Any) -> str:
        found = _INDENT.match(self.lines[node.lineno - 1])
        return found.group() if found else ""

    def _unit(self) -> str:
        indents = (_INDENT.match(line) for line in self.lines if line.strip() and line[0] in " \t")
        return next((found.group() for found in indents if found), "    ")

    def result(self) -> str:
        """Return the text, laid out."""
        self.edits.sort()
        pieces, at = [], 0
        for start, end, new in self.edits:
            pieces += [self.text[at:start], new]
            at = end
        return "".join([*pieces, self.text[at:]])

    # -- moving the changes along

    def moved(self) -> FileChanges:
        """Return the changes where they belong in the result."""
        self.starts = _line_starts(self.result())
        fields = {name: self._move(getattr(self.changes, name)) for name in self.changes.__dataclass_fields__}
        return dataclasses.replace(self.changes, **fields)

    def _move(self, value: Any) -> Any:
        if isinstance(value, Span):
            line, column = self._position(self._offset(*value.start))
            return Span(line, column, *self._position(self._offset(value.end_line, value.end_column)))
        if isinstance(value, set):
            return {self._move(item) for item in value}
        if isinstance(value, dict):
            return {self._move(key): self._move(item) for key, item in value.items()}
        return value

    def _position(self, offset: int) -> tuple[int, int]:
        new = offset + sum(len(text) - (end - start) for start, end, text in self.edits if end <= offset)
        line = bisect.bisect_right(self.starts, new)
        return line, new - self.starts[line - 1]

    # -- places, in characters

    def _start(self, node: Any) -> int:
        return self._offset(*self._span(node).start)

    def _end(self, node: Any) -> int:
        span = self._span(node)
        return self._offset(span.end_line, span.end_column)

    def _offset(self, line: int, column: int) -> int:
        return self.offsets[line - 1] + column

    def _span(self, node: Any) -> Span:
        return Span(
            node.lineno,
            self._column(node.lineno, node.col_offset),
            node.end_lineno,
            self._column(node.end_lineno, node.end_col_offset),
        )

    def _column(self, line: int, utf8_offset: int) -> int:
        text = self.lines[line - 1]
        return utf8_offset if text.isascii() else len(text.encode()[:utf8_offset].decode())


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _NEWLINE.finditer(text))]


def _located(header: Any) -> Any:
    return header.pattern if hasattr(header, "pattern") else header  # a case has no place of its own


def _fits(new: str) -> bool:
    """Tell whether a new statement may share a line."""
    body = ast.parse(new).body
    return not any(hasattr(statement, "body") for statement in body)
