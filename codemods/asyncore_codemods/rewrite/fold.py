"""Fold away the functions and classes of a file in which nothing changes.

libcst's time is spent on nodes, and most of a file is of no interest to a change. A folded definition is a one-line
one of the same kind whose docstring has as many lines as there were, so that every other line keeps its number.
"""

from __future__ import annotations

import ast
import bisect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARK = "folded by asyncore-migrate"
_FOLDED = re.compile(rf'(?:class|def|async def) _\d+(?:\(\))?: """(\d+) {_MARK}\s*"""')
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_WORTH = 4  # lines
_KEYWORDS = {ast.ClassDef: "class _{}:", ast.FunctionDef: "def _{}():", ast.AsyncFunctionDef: "async def _{}():"}


@dataclass
class Folded:
    """A text with parts of it folded away."""

    text: str
    pieces: list[str] = field(default_factory=list)

    def unfold(self, text: str) -> str | None:
        """Return *text*, made of ours, with every piece in its place again; None if a piece has been lost."""
        met: list[int] = []

        def piece(match: re.Match[str]) -> str:
            met.append(int(match.group(1)))
            return self.pieces[met[-1]]

        result = _FOLDED.sub(piece, text)
        return result if met == list(range(len(self.pieces))) else None


def fold(text: str, tree: ast.Module, changed: Iterable[int] = ()) -> Folded:
    """Return *text*, whose syntax is *tree*, without the definitions that hold none of the *changed* lines."""
    if _MARK in text:
        return Folded(text)
    lines = _LINE.findall(text)
    places = sorted(changed)
    folded = Folded(text)
    for node in tree.body[:-1]:  # what follows the last one is the file's, or its own: that is not to be guessed
        keyword = _KEYWORDS.get(type(node))
        if keyword is None:
            continue
        decorators = getattr(node, "decorator_list", ())
        first, last = min([node.lineno, *(d.lineno for d in decorators)]), node.end_lineno or node.lineno
        index = bisect.bisect_left(places, first)
        touched = index < len(places) and places[index] <= last
        if touched or last - first < _WORTH or _is_followed_closely(lines, last):
            continue
        number = len(folded.pieces)
        body = lines[first - 1 : last]
        ending = body[-1][len(body[-1].rstrip("\r\n")) :]
        folded.pieces.append("".join(body)[: -len(ending) or None])
        ends = [line[len(line.rstrip("\r\n")) :] for line in body]
        head = f'{keyword.format(number)} """{number} {_MARK}'
        lines[first - 1 : last] = [head + ends[0], *ends[1:-1], f'"""{ending}']
    folded.text = "".join(lines)
    return folded


def _is_followed_closely(lines: list[str], last: int) -> bool:
    """Tell whether a comment or something indented follows, which may belong to the definition."""
    following = next((line for line in lines[last:] if line.strip()), "")
    return not following or following[0] in "# \t\f"
