"""The ways of running one program that must come to the same.

`Stdlib` is the truth: the old modules themselves. `Bridge` runs the same source on asyncore_bridge, `Transports`
too, but with asyncio transports in the place of its sockets. `Fixed`
runs what `asyncore-migrate fix` made of it. `Script` runs any other source that claims to be the same, such
as a port written by hand.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .comparison import TOLERANCES
from .fixing import PLAIN, Options, fix
from .pythons import Python, clean_environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .finding import Oracle
    from .programs import Program

BRIDGE = Path(__file__).resolve().parents[2] / "bridge"
_TRANSPORT_LAUNCHER = str(Path(__file__).with_name("transport_launcher.py"))
_UVLOOP_LAUNCHER = str(Path(__file__).with_name("uvloop_launcher.py"))


@dataclass(frozen=True)
class Launch:
    """How to start a program: the command up to its own arguments, and what to add to a clean environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    rewritten: bool = False
    """The source is not the original: the tolerances of rewritten code may apply."""
    announced: frozenset[str] = frozenset()
    """The tolerances that whoever rewrote it had named beforehand."""


@dataclass(frozen=True)
class Mode:
    """One way of running programs."""

    python: Python

    @property
    def kind(self) -> str:
        """The family of modes that this one belongs to."""
        return type(self).__name__.lower()

    def __str__(self) -> str:
        return f"{self.kind} on {self.python.label}"

    def launch(self, program: Program) -> Launch:
        """Say how *program* is started in this mode."""
        raise NotImplementedError


@dataclass(frozen=True)
class Stdlib(Mode):
    """The original source on the original modules."""

    pythonpath: tuple[str, ...] = ()

    @classmethod
    def of(cls, oracle: Oracle) -> Stdlib:
        """Return the mode that runs on *oracle*."""
        return cls(oracle.python, oracle.pythonpath)

    def launch(self, program: Program) -> Launch:
        environment = {"PYTHONWARNINGS": "ignore::DeprecationWarning"}  # "asyncore is deprecated" is old news
        if self.pythonpath:
            environment["PYTHONPATH"] = os.pathsep.join(self.pythonpath)
        return Launch((self.python.executable, str(program.script)), environment)


def interpreter(python: Python, uvloop: bool) -> tuple[str, ...]:
    """Return the command that runs a script on *python*, with uvloop's event loops if so wished."""
    return (python.executable, _UVLOOP_LAUNCHER) if uvloop else (python.executable,)


@dataclass(frozen=True)
class _OnAsyncio(Mode):
    uvloop: bool = False

    def __str__(self) -> str:
        return super().__str__() + (" uvloop" if self.uvloop else "")

    def _interpreter(self) -> tuple[str, ...]:
        return interpreter(self.python, self.uvloop)


@dataclass(frozen=True)
class Bridge(_OnAsyncio):
    """The original source, run by ``python -m asyncore_bridge``."""

    def launch(self, program: Program) -> Launch:
        command = (*self._interpreter(), "-m", "asyncore_bridge", str(program.script))
        return Launch(command, {"PYTHONPATH": str(BRIDGE)})


@dataclass(frozen=True)
class Transports(_OnAsyncio):
    """The original source inside an asyncio program: its connections are asyncio's, by as_protocol()."""

    def launch(self, program: Program) -> Launch:
        command = (*self._interpreter(), _TRANSPORT_LAUNCHER, str(program.script))
        return Launch(command, {"PYTHONPATH": str(BRIDGE)})


@dataclass(frozen=True)
class Fixed(_OnAsyncio):
    """What ``asyncore-migrate fix`` makes of the source; the bridge is there only for what still imports it."""

    options: Options = PLAIN
    debug: bool = False
    """asyncio's debug mode: slow, and it finds coroutines that nobody awaits and calls from the wrong thread."""

    def launch(self, program: Program) -> Launch:
        fixed = fix(program, self.options)
        environment = {"PYTHONASYNCIODEBUG": "1"} if self.debug else {}
        if not fixed.plain:
            environment["PYTHONPATH"] = str(BRIDGE)
        command = (*self._interpreter(), str(fixed.program.script))
        return Launch(command, environment, self.options.level != "import", fixed.announced)

    def __str__(self) -> str:
        return " ".join([super().__str__(), *self.options.words()] + ["debug"] * self.debug)


@dataclass(frozen=True)
class Script(_OnAsyncio):
    """Any other source that claims to do the same: *path* is run as it is, with nothing of ours to import."""

    path: Path | None = None

    def launch(self, program: Program) -> Launch:
        assert self.path is not None
        command = (*self._interpreter(), str(self.path.resolve()))
        return Launch(command, {}, rewritten=True, announced=frozenset(TOLERANCES))

    def __str__(self) -> str:
        return f"{self.path.name if self.path else 'script'} on {self.python.label}" + (
            " uvloop" if self.uvloop else ""
        )


@functools.lru_cache(maxsize=1)
def pycache() -> str:
    """Where compiled modules go: each is compiled once, and nothing is left in anybody's source tree."""
    if "PYTHONPYCACHEPREFIX" in os.environ:
        return os.environ["PYTHONPYCACHEPREFIX"]
    directory = tempfile.mkdtemp(prefix="oracle-pycache-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


def environment_of(launch: Launch) -> dict[str, str]:
    """Return the whole environment in which a program is started."""
    environment = clean_environment()
    environment.update(
        PYTHONUNBUFFERED="1",
        PYTHONHASHSEED="0",
        PYTHONIOENCODING="utf-8",
        PYTHONPYCACHEPREFIX=pycache(),
        LC_ALL="C.UTF-8",
    )
    environment.update(launch.environment)
    return environment


def has_bridge() -> bool:
    """Say whether ``python -m asyncore_bridge`` exists."""
    return (BRIDGE / "asyncore_bridge" / "__main__.py").exists()


def has_codemods() -> bool:
    """Say whether ``asyncore-migrate`` exists here."""
    try:
        return importlib.util.find_spec("asyncore_codemods.__main__") is not None
    except ImportError:
        return False
