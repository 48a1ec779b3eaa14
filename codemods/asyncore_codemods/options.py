"""What the user asked for, from the command line and pyproject.toml together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.codes import Code

LEVELS = ("import", "loop", "streams")
TARGETS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


@dataclass(frozen=True)
class Options:
    """What a run may do, and what it looks at."""

    level: str = "streams"  # one of LEVELS; each goes further than the one before
    unsafe: bool = False  # write rewrites of tier UNSAFE too
    exact: bool = False  # not even the two differences that tier SAFE permits
    target: str = "3.9"  # the oldest Python that the result must run on
    only: frozenset[str] | None = None  # codes; None: all
    skip: frozenset[str] = frozenset()
    include: tuple[tuple[str, str], ...] = ()  # the directory that a pattern holds below, and the pattern
    exclude: tuple[tuple[str, str], ...] = ()
    force_exclude: bool = False  # patterns hold for files that are named as well
    python2: bool = False  # convert Python 2 files with fissix first
    jobs: int = 1  # processes
    rewrite: bool = True  # work out new texts and verify them; else only say what can be done
    inventory: bool = False  # describe every class in full, for a report

    @property
    def target_version(self) -> tuple[int, int]:
        """The target as numbers."""
        major, _, minor = self.target.partition(".")
        return int(major), int(minor)

    def wants(self, code: Code) -> bool:
        """Tell whether findings of *code* are to be reported, and fixed."""
        return (self.only is None or code.value in self.only) and code.value not in self.skip

    def permits(self, code: Code) -> bool:
        """Tell whether a rewrite may differ as *code* says, which only tier UNSAFE may."""
        return self.unsafe and not self.exact and self.wants(code)
