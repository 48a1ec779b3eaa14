"""Places in a source file.

Lines count from 1 and columns from 0, in characters (not in UTF-8 bytes, as `ast` counts them), so that a
place found with `ast` names the same text for an editor, a report and libcst.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """A piece of text: from (line, column) up to, but not including, (end_line, end_column)."""

    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> tuple[int, int]:
        """Where the piece begins: line and column."""
        return self.line, self.column

    def contains(self, other: Span) -> bool:
        """Tell whether *other* lies inside this piece."""
        return self.start <= other.start and (other.end_line, other.end_column) <= (
            self.end_line,
            self.end_column,
        )


@dataclass(frozen=True, order=True)
class Place:
    """A span in a named file: what a finding points at."""

    path: str
    span: Span

    def contains(self, other: Place) -> bool:
        """Tell whether *other* lies inside this place."""
        return self.path == other.path and self.span.contains(other.span)
