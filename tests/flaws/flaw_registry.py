"""Where the flaws put themselves down."""

from __future__ import annotations

from typing import Callable

FLAWS: dict[str, Callable[[], None]] = {}


def flaw(install: Callable[[], None]) -> Callable[[], None]:
    """Register a function that puts a mistake in; its docstring says which."""
    FLAWS[install.__name__] = install
    return install
