"""A removed module is required from PyPI.

There never was anything to install by the names asyncore, asynchat and smtpd: they came with Python, and what has
these names on PyPI, if anything, is somebody else's. pyasyncore, pyasynchat and the packages called
standard-asyncore, standard-asynchat and standard-smtpd are copies of the removed modules: what runs on the
bridge needs them no more, and while they are installed a forgotten `import asyncore` is not noticed.

## What to do

Require asyncore-bridge instead, or nothing once every class is rewritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.findings import Finding, Tier
from asyncore_codemods.required import required_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CODE = Code.REQUIREMENT


def find_in_requirements(files: Iterable[Path]) -> Iterator[Finding]:
    """Yield the requirements of that kind in *files*."""
    for file in files:
        for found in required_in(file):
            what = "a copy of what Python 3.12 removed" if found.is_copy else "but it was a part of Python"
            message = f"requires {found.name} from PyPI, {what}"
            yield Finding(str(file), found.line, found.column, CODE, message, tier=Tier.DISPLAY)
