"""Real copies of asyncore, each driven by its own loop and then adopted: what clients get must be the same.

``adopted.py`` holds a program for each; the copies are fetched as ``projects.toml`` pins them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from .projects import HERE, fetch, load_copies, top
from .rewriting import BRIDGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .projects import Project

WAYS = ("own", "adopted", "uvloop")
LIMIT = 120.0  # seconds that one program may take


def adopting(cache: Path, new: str) -> Iterator[tuple[Project, dict[str, str]]]:
    """Yield each copy with what its program says in every way; the last way is an adoption on *new*."""
    for copy in load_copies():
        folder = top(fetch(copy, cache))
        said = {way: _run(sys.executable, copy.name, way, folder) for way in WAYS}
        yield copy, {**said, "adopted, new": _run(new, copy.name, "adopted", folder)}


def differences(copy: Project, said: dict[str, str]) -> Iterator[str]:
    """Yield what an adoption did otherwise."""
    own = said["own"]
    if not own.endswith("done\n"):
        yield f"{copy.label}: its program does not run by itself: {own[-300:]}"
        return
    for way, text in said.items():
        if text != own:
            yield f"{copy.label}, {way}: {text[-300:]!r} instead of {own[-300:]!r}"


def adopting_table(said: dict[str, dict[str, str]]) -> str:
    """Lay out who said what."""
    lines = ["| copy | its own loop | adopted | on uvloop | on the new Python |", "| --- | --- | --- | --- | --- |"]
    for label, columns in said.items():
        own = columns["own"]
        cells = ["the same" if text == own else "DIFFERENT" for way, text in columns.items() if way != "own"]
        lines.append(f"| {label} | {len(own.splitlines())} lines | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _run(python: str, name: str, way: str, folder: Path) -> str:
    search = os.pathsep.join(map(str, [folder, folder / "src", BRIDGE]))
    try:
        done = subprocess.run(
            [python, "-W", "ignore", HERE / "adopted.py", name, way],
            env=os.environ | {"PYTHONPATH": search, "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC"},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        return f"took more than {LIMIT:.0f} s: {exc.stdout}"
    return done.stdout + (done.stderr if done.returncode else "")
