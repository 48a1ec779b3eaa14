"""A module of the standard library is installed from PyPI by its own name.

There never was anything to install: asyncore, asynchat and smtpd came with Python. What has these names on PyPI, if
anything, is somebody else's.

## What to do

Require asyncore-bridge.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.findings import Finding, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CODE = Code.REQUIREMENT
_NAMES = r"(?P<name>asyncore|asynchat|smtpd)"
_LISTED = re.compile(rf"^\s*{_NAMES}\s*(?:[=<>!~;\[#@,].*)?$")
_QUOTED = re.compile(rf"^\s*[\w.-]*\s*=?\s*\[?\s*[\"']{_NAMES}\s*(?:[=<>!~;].*)?[\"'][\],\s]*$")
_PIP = re.compile(rf"\bpip3?\s+install\s+(?:[\w.=<>-]+\s+)*?{_NAMES}(?![\w.-])")
_LISTS = ("requirements*.txt", "requirements/*.txt", "*-requirements.txt", "constraints*.txt")
_SCRIPTS = ("Dockerfile", "README*", "*.sh", "tox.ini", ".github/workflows/*.yml", ".travis.yml", "*.md")
_TABLES = ("pyproject.toml", "Pipfile")


def find_in_requirements(paths: Iterable[Path]) -> Iterator[Finding]:
    """Yield the requirements of that kind in the directories among *paths*."""
    for directory in [path for path in paths if path.is_dir()]:
        for patterns, expression in ((_LISTS, _LISTED), (_TABLES, _QUOTED), (_SCRIPTS, _PIP)):
            files = {file for pattern in patterns for file in directory.glob(pattern) if file.is_file()}
            for file in sorted(files):
                yield from _find(file, expression)


def _find(file: Path, expression: re.Pattern[str]) -> Iterator[Finding]:
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for number, line in enumerate(lines, 1):
        match = expression.search(line)
        if match:
            name = match["name"]
            message = f"requires {name} from PyPI, but it was a part of Python"
            yield Finding(str(file), number, match.start("name") + 1, CODE, message, tier=Tier.DISPLAY)
