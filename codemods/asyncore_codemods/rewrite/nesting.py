"""Changes inside changes.

The new text of a statement often holds pieces of the old one: `self.buffer += self.recv(4096)` becomes
`self.writer.write(self.recv(4096))`. If one of these pieces is to change as well, it has to change in the new text.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.rewrite.errors import RewriteError

if TYPE_CHECKING:
    from asyncore_codemods.plan.changes import FileChanges
    from asyncore_codemods.spans import Span


_LINE_END = re.compile(r"\r\n|\r|\n")


def nest_changes(changes: FileChanges, text: str) -> FileChanges:
    """Return *changes* in which new texts have been changed like the pieces of the old *text* that they hold.

    Raises RewriteError where it is not clear which pieces are meant.
    """
    nester = _Nester(_LINE_END.split(text), dict(changes.expressions))
    for span in sorted(nester.expressions, key=_size):  # the innermost first
        nester.expressions[span] = nester.nested(span, nester.expressions[span])
    statements = {span: nester.nested(span, new) for span, new in changes.statements.items()}
    return dataclasses.replace(changes, expressions=nester.expressions, statements=statements)


@dataclass
class _Nester:
    lines: list[str]
    expressions: dict[Span, str]

    def nested(self, outer: Span, text: str) -> str:
        """Return the new *text* of *outer*, with the new texts of what it holds."""
        inside = [span for span in self.expressions if span != outer and outer.contains(span)]
        pieces: dict[str, list[str]] = {}
        for span in inside:
            if not any(other != span and other.contains(span) for other in inside):
                pieces.setdefault(self._cut(span), []).append(self.expressions[span])
        for piece, becomes in pieces.items():
            pattern = re.compile(rf"(?<![\w.]){re.escape(piece)}(?!\w)")
            found = len(pattern.findall(text))
            if found and (found != len(becomes) or len(set(becomes)) > 1):
                raise RewriteError(f"line {outer.line} would change in two ways at once")
            text = pattern.sub(functools.partial(_constant, becomes[0]), text)
        return text

    def _cut(self, span: Span) -> str:
        lines = self.lines[span.line - 1 : span.end_line]
        lines[-1] = lines[-1][: span.end_column]
        lines[0] = lines[0][span.column :]
        return "\n".join(lines)


def _constant(text: str, _match: re.Match[str]) -> str:
    return text


def _size(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_column - span.column
