"""Files that hide what rewritten code has to import: `import asyncio` loads an asyncio.py beside the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.index.project import package_base

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from asyncore_codemods.index import Module

_NEEDED = ("asyncio", legacy.BRIDGE)  # the bridge needs asyncio as well


def hiding_file(modules: Iterable[Module]) -> Path | None:
    """Return a file that would be imported by *modules* in place of asyncio or the bridge."""
    bases = dict.fromkeys(package_base(module.path) for module in modules)
    files = (base / f"{name}.py" for base in bases for name in _NEEDED)
    return next((file for file in files if file.is_file()), None)
