"""Turn Python 2 source into Python 3 source with fissix, a maintained lib2to3 (the extra `python2`)."""

from __future__ import annotations

import functools
import importlib
import warnings
from typing import Any


class ConversionError(Exception):
    """Source that cannot be converted; the message says why, and what to do."""


def convert(text: str, name: str = "") -> str:
    """Return *text*, Python 2 source, as Python 3 source; raise ConversionError if that fails.

    Line ends stay what most of them were. What the syntax does not show, such as which strings are bytes, is left
    for the findings that follow.
    """
    crlf = text.count("\r\n") * 2 > text.count("\n")
    plain = text.replace("\r\n", "\n")
    plain = plain if plain.endswith("\n") else plain + "\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the grammar's own age
        tool = _tool()
        try:
            tree = tool.refactor_string(plain, name)
        except Exception as error:  # fissix has no common base for what its parser and its fixers raise
            raise ConversionError(f"cannot be converted from Python 2: {error}") from error
    result = str(tree)
    return result.replace("\n", "\r\n") if crlf else result


@functools.cache
def _tool() -> Any:
    try:
        refactor = importlib.import_module("fissix.refactor")
    except ImportError:
        message = "cannot be converted from Python 2 without fissix: pip install 'asyncore-bridge[python2]'"
        raise ConversionError(message) from None
    return refactor.RefactoringTool(refactor.get_fixers_from_package("fissix.fixes"))
