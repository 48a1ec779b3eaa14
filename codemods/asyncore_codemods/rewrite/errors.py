"""What goes wrong when a file is rewritten; apart from the rest of the package, which needs libcst."""

from __future__ import annotations


class RewriteError(Exception):
    """A rewrite that cannot be written; the file is left alone."""


class StaysError(RewriteError):
    """New code has no place in its file, which is for its author to mend: a reason, and no fault of the tool."""

    path = ""


class TakenNameError(StaysError):
    """New code needs a module that its file cannot have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"cannot import {name}: its file has something else called so, to be renamed")
