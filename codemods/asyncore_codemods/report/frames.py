"""Pieces of source under the findings that they are about."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

from click import style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asyncore_codemods.findings import Finding

_WIDEST = 160  # characters of a line that are shown


class Frames:
    """Cuts frames out of files, each of which is read once."""

    def __init__(self, contents: Mapping[Path, bytes]) -> None:
        self._contents = contents
        self._lines: dict[str, list[str]] = {}

    def frame(self, finding: Finding) -> list[str]:
        """Return the lines to print under *finding*: none if its line cannot be shown."""
        lines = self._read(finding.path)
        if finding.line > len(lines):
            return []
        text = lines[finding.line - 1]
        # columns are given in UTF-8 by the parser; a mark under the wrong character would be worse than none
        column = len(text.encode()[: finding.column - 1].decode(errors="ignore"))
        shown = "".join(c if c.isprintable() else " " for c in text.rstrip().expandtabs(1))
        if not shown.strip() or column >= len(shown):
            return []
        number, bar = str(finding.line), style("|", fg="blue")
        margin = " " * len(number)
        mark = style("^", fg="red", bold=True)
        cut = shown if len(shown) <= _WIDEST else shown[: _WIDEST - 3] + "..."
        return [
            f" {style(number, fg='blue')} {bar} {cut}",
            *([f" {margin} {bar} {' ' * _width(shown[:column])}{mark}"] if column < len(cut) else []),
        ]

    def _read(self, path: str) -> list[str]:
        if path not in self._lines:
            try:
                name = Path(path)
                raw = self._contents[name] if name in self._contents else name.read_bytes()
                encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
                text = raw.decode(encoding)
            except (OSError, SyntaxError, ValueError):
                text = ""
            self._lines[path] = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return self._lines[path]


def _width(text: str) -> int:
    """Return how many columns of a terminal *text* takes."""
    from unicodedata import combining, east_asian_width  # noqa: PLC0415  few lines need it

    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
