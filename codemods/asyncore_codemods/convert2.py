"""Turn Python 2 source into Python 3 source with fissix, a maintained lib2to3 (the extra `python2`)."""

from __future__ import annotations

import functools
import importlib
import io
import warnings
from typing import Any


class ConversionError(Exception):
    """Source that cannot be converted; the message says why, and what to do."""


def convert(text: str, name: str = "") -> str:
    """Return *text*, Python 2 source, as Python 3 source; raise ConversionError if that fails.

    Line ends stay what most of them were. What the syntax does not show, such as which strings are bytes, is left
    for the findings that follow.
    """
    tool = _tool()
    crlf = text.count("\r\n") * 2 > text.count("\n")
    plain = text.replace("\r\n", "\n")
    plain = _without_tabs(plain if plain.endswith("\n") else plain + "\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the grammar's own age
        try:
            tree = tool.refactor_string(plain, name)
        except Exception as error:  # fissix has no common base for what its parser and its fixers raise
            raise ConversionError(f"cannot be converted from Python 2: {error}") from error
    result = str(tree)
    return result.replace("\n", "\r\n") if crlf else result


def _without_tabs(text: str) -> str:
    """Return *text* indented by spaces alone if it mixes them with tabs, which Python 2 took for 8 columns."""
    lines = text.splitlines(keepends=True)
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines]
    if not (any("\t" in indent for indent in indents) and any(" " in indent for indent in indents)):
        return text
    inside = _lines_in_strings(text)
    for index, indent in enumerate(indents):
        if index + 1 not in inside:
            lines[index] = indent.expandtabs(8) + lines[index][len(indent) :]
    return "".join(lines)


def _lines_in_strings(text: str) -> set[int]:
    """Return the numbers of the lines that begin inside a string."""
    tokenize = importlib.import_module("fissix.pgen2.tokenize")
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError):
        return set()  # which the parser will say better
    strings = [(start, end) for kind, _, start, end, _ in tokens if kind == tokenize.STRING]
    return {line for start, end in strings for line in range(start[0] + 1, end[0] + 1)}


@functools.cache
def _tool() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the grammar's own age
            refactor = importlib.import_module("fissix.refactor")
            return refactor.RefactoringTool(refactor.get_fixers_from_package("fissix.fixes"))
    except ImportError:
        raise ConversionError("cannot be converted from Python 2 without fissix") from None
