"""Programs under test and the drives that belong to them.

A program is a directory with an entry file. Those of this project live in ``tests/programs/NAME/``:
``before/`` holds the legacy source, ``drives.py`` beside it a `Program` called ``PROGRAM`` and functions
marked with `drive`.
"""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Callable, overload

from . import chunking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .chunking import Chunking
    from .modes import Mode
    from .stage import Stage
    from .transcript import Transcript

PROGRAMS = Path(__file__).resolve().parents[1] / "programs"


@dataclass(frozen=True)
class Drive:
    """A script of clients and servers. See `drive` for the options."""

    name: str
    play: Callable[[Stage], None]
    chunkings: tuple[Chunking, ...] = chunking.ALL
    varies: bool = False
    tolerates: tuple[str, ...] = ()
    strict_endings: bool = False
    normalise: Callable[[Transcript], Transcript] | None = None


@overload
def drive(play: Callable[[Stage], None]) -> Drive: ...


@overload
def drive(
    *,
    chunkings: tuple[Chunking, ...] = ...,
    varies: bool = ...,
    tolerates: tuple[str, ...] = ...,
    strict_endings: bool = ...,
    normalise: Callable[[Transcript], Transcript] | None = ...,
) -> Callable[[Callable[[Stage], None]], Drive]: ...


def drive(
    play: Callable[[Stage], None] | None = None,
    *,
    chunkings: tuple[Chunking, ...] = chunking.ALL,
    varies: bool = False,
    tolerates: tuple[str, ...] = (),
    strict_endings: bool = False,
    normalise: Callable[[Transcript], Transcript] | None = None,
) -> Drive | Callable[[Callable[[Stage], None]], Drive]:
    """Mark a function as a drive; it gets a `oracle.Stage`.

    *chunkings*: with which it is played; fewer where what shares a packet is the point. *varies*: its
    transcripts legitimately differ from chunking to chunking, so only like is compared with like.
    *tolerates*: the named differences that code written by `fix` may show here. *strict_endings*: a reset
    is not an end of file. *normalise*: returns the transcript without what is legitimately free, such as
    the order in which connections were made.
    """

    def make(function: Callable[[Stage], None]) -> Drive:
        return Drive(function.__name__, function, chunkings, varies, tolerates, strict_endings, normalise)

    return make if play is None else make(play)


@dataclass(frozen=True)
class Program:
    """A program and how it is started.

    *arguments* may hold ``{port}``, ``{port2}``, ... for free ports, ``{peer}``, ``{peer2}``, ... for the
    ports of fake servers that listen before it starts, and ``{tmp}`` for its working directory.
    """

    arguments: tuple[str, ...] = ()
    entry: str = "main.py"
    directory: Path = Path()
    name: str = ""
    drives: Mapping[str, Drive] = field(default_factory=dict)
    plain: bool = False
    """`fix` must turn all of it into plain asyncio: nothing may stay on the bridge."""
    mails: bool = False
    """`fix` makes it need aiosmtpd."""
    awaits: Callable[[Mode], str] = lambda mode: ""
    """Says why the program cannot pass in a mode, which is left out then. Empty where it must pass."""

    @property
    def script(self) -> Path:
        """The file that is run."""
        return self.directory / self.entry

    def at(self, directory: Path) -> Program:
        """Return the same program with its source somewhere else."""
        return replace(self, directory=directory)


def load(name: str) -> Program:
    """Return the program ``tests/programs/NAME`` with its drives."""
    return load_from(PROGRAMS / name)


@functools.cache
def load_from(home: Path) -> Program:
    """Return the program in *home*, a directory with ``before/`` and ``drives.py``, named after it."""
    spec = importlib.util.spec_from_file_location(f"oracle_drives_{home.name}", home / "drives.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    drives = {value.name: value for value in vars(module).values() if isinstance(value, Drive)}
    program = module.PROGRAM
    assert isinstance(program, Program), f"{home / 'drives.py'} has no PROGRAM"
    return replace(program, directory=home / "before", name=home.name, drives=drives)


def names() -> list[str]:
    """Return the names of all programs of this project."""
    return sorted(path.parent.name for path in PROGRAMS.glob("*/drives.py"))
