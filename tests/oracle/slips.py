"""Ports written by hand, and what a hand gets wrong in them.

Some programs have a ``port/main.py`` beside ``before/``: the same program on asyncio, written with care. It must
pass every drive (the oracle gives no false alarm), and with any one `Slip` of ``slips.py`` it must not (the drives
are sharp).
"""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .programs import PROGRAMS

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Slip:
    """One mistake: in the port, *right* is replaced by *wrong*, and the drive *caught_by* must notice."""

    name: str
    right: str
    wrong: str
    caught_by: str

    def make(self, source: str) -> str:
        """Return *source* with the mistake in it."""
        assert source.count(self.right) == 1, f"{self.right!r} is there {source.count(self.right)} times"
        return source.replace(self.right, self.wrong)

    def __str__(self) -> str:
        return self.name


def port_of(name: str) -> Path:
    """Return the hand-written port of program *name*."""
    return PROGRAMS / name / "port" / "main.py"


def ported() -> list[str]:
    """Return the names of the programs that have a port."""
    return sorted(path.parents[1].name for path in PROGRAMS.glob("*/port/main.py"))


def slips_of(name: str) -> tuple[Slip, ...]:
    """Return the mistakes to be made in the port of program *name*."""
    slips: tuple[Slip, ...] = runpy.run_path(str(PROGRAMS / name / "slips.py"))["SLIPS"]
    return slips
