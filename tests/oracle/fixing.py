"""`asyncore-migrate fix` applied to a copy of a program, once per session and set of options."""

from __future__ import annotations

import ast
import atexit
import functools
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import pythons
from .comparison import TOLERANCES
from .process import SPAWNING

if TYPE_CHECKING:
    from .programs import Program

LEGACY = frozenset({"asyncore", "asynchat", "smtpd"})
LONGEST = 60.0
"""Seconds that a command may take."""

_lock = threading.Lock()


class FixFailed(Exception):
    """`fix` ended abnormally; the message is what it said."""


@dataclass(frozen=True)
class Options:
    """Options of ``asyncore-migrate fix``."""

    level: str = ""
    unsafe: bool = False
    exact: bool = False

    def words(self) -> list[str]:
        """Return them as they stand on a command line."""
        words = ["--level", self.level] if self.level else []
        return words + ["--unsafe"] * self.unsafe + ["--exact"] * self.exact


PLAIN = Options()
"""`fix` as people run it."""


@dataclass(frozen=True)
class FixedProgram:
    """The outcome."""

    program: Program
    said: str
    """What the command printed."""
    imports: frozenset[str]
    """The old modules, and the bridge, as far as the result still imports them."""
    announced: frozenset[str]
    """The tolerances that ``check`` had named for this program: no other difference may show."""

    @property
    def plain(self) -> bool:
        """Plain asyncio: neither an old module nor the bridge is imported any more."""
        return not self.imports


def fix(program: Program, options: Options = PLAIN) -> FixedProgram:
    """Return *program* after ``fix``; the original is not touched. Threads may ask at the same time.

    Raises `FixFailed` where the command crashes, or ends with a status above 1 (1 says that there are findings).
    """
    with _lock:
        return _fix(program.directory, program.entry, options, program.name).program_for(program)


@dataclass(frozen=True)
class _Result:
    directory: Path
    announced: frozenset[str]
    said: str
    status: int

    def program_for(self, program: Program) -> FixedProgram:
        if not 0 <= self.status <= 1 or "Traceback (most recent call last)" in self.said:
            raise FixFailed(f"asyncore-migrate fix ended with status {self.status}:\n{self.said}")
        return FixedProgram(program.at(self.directory), self.said, legacy_imports(self.directory), self.announced)


@functools.cache
def _fix(source: Path, entry: str, options: Options, name: str) -> _Result:
    directory = _workshop() / f"{len(list(_workshop().iterdir()))}-{name}" / "fixed"
    shutil.copytree(source, directory, ignore=shutil.ignore_patterns("__pycache__"))
    announcing = None
    if options == PLAIN:  # neither --exact nor a lower level may show any difference
        announcing = _start(directory.parent, "check", str(source))
    said, status = _end(_start(directory.parent, "fix", *options.words(), str(directory)))
    announced, _ = _end(announcing) if announcing else ("", 0)
    return _Result(directory, frozenset(name for name in TOLERANCES if name in announced), said, status)


def _start(directory: Path, *words: str) -> subprocess.Popen[bytes]:
    with SPAWNING:
        return subprocess.Popen(
            [sys.executable, "-m", "asyncore_codemods", *words],
            cwd=directory,  # no configuration of ours applies to it
            env=pythons.clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )


def _end(command: subprocess.Popen[bytes]) -> tuple[str, int]:
    """Return what a command printed and its status; one that hangs is killed."""
    with command:
        try:
            said = command.communicate(timeout=LONGEST)[0]
        except subprocess.TimeoutExpired:
            command.kill()
            said = command.communicate()[0] + b"\n(killed: it took too long)"
        return said.decode(errors="replace"), command.returncode


@functools.lru_cache(maxsize=1)
def _workshop() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="oracle-fixed-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


def legacy_imports(directory: Path) -> frozenset[str]:
    """Return which of the old modules and the bridge are imported anywhere under *directory*."""
    found: set[str] = set()
    for path in directory.rglob("*.py"):
        try:
            nodes = list(ast.walk(ast.parse(path.read_bytes(), str(path))))
        except SyntaxError:  # whoever runs it will hear of that
            continue
        for node in nodes:
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").partition(".")[0])
    return frozenset(found & (LEGACY | {"asyncore_bridge"}))
