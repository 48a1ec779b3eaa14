"""Finding the oracle: a Python on which the stdlib's asyncore, asynchat and smtpd still work.

In this order:

1. the interpreter named by the environment variable ASYNCORE_ORACLE_PYTHON;
2. the interpreter that runs the tests, if it still has the modules;
3. Python 3.11, 3.10 or 3.9, on PATH or among pyenv's versions;
4. the running interpreter with PyPI's copies of the modules, installed with pip into a directory of their
own,
   which is shown to the oracle's process only: in the tests' environment they would hide a missing bridge.

Where none of these works, `OracleMissing` says why, and the tests that need it are skipped with that reason.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from . import pythons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .pythons import Python

VARIABLE = "ASYNCORE_ORACLE_PYTHON"
STAND_INS = ("standard-asyncore", "standard-asynchat", "standard-smtpd")
STAND_IN_DIRECTORY = Path(__file__).resolve().parents[2] / ".oracle"
LEGACY_MINORS = ((3, 11), (3, 10), (3, 9))


class OracleMissing(Exception):
    """There is no way to run the old modules here; the message says what was tried."""


class OracleUnusable(OracleMissing):
    """The oracle that somebody named cannot be one: a mistake to be mended, not a reason to skip."""


@dataclass(frozen=True)
class Oracle:
    """A Python that runs legacy programs as they always ran."""

    python: Python
    how: str
    """Where it came from, for people to read."""
    pythonpath: tuple[str, ...] = ()
    """Directories that its process needs, and nobody else's."""

    def __str__(self) -> str:
        return "Python {}.{}.{} ({})".format(*self.python.version, self.how)


def find_oracle() -> Oracle:
    """Return this machine's oracle; looked for once per session.

    Raises `OracleMissing` where there is none, or where ASYNCORE_ORACLE_PYTHON names something unusable.
    """
    found = _outcome()
    if isinstance(found, OracleMissing):
        raise found
    return found


@functools.lru_cache(maxsize=1)
def _outcome() -> Oracle | OracleMissing:
    """Remember a failure as well: without a network, pip takes its time to say so."""
    try:
        return look_for_oracle(os.environ, pythons.this_python(), pythons.find, install_stand_ins)
    except OracleMissing as missing:
        return missing


def look_for_oracle(
    environ: Mapping[str, str],
    running: Python,
    find: Callable[[tuple[int, int]], Python | None],
    install: Callable[[Python, Path], None],
    directory: Path = STAND_IN_DIRECTORY,
) -> Oracle:
    """Go down the ladder; every rung is an argument, so that each can be tested on any machine."""
    named = environ.get(VARIABLE)
    if named:
        python = pythons.ask(named)
        if python is None or not python.legacy:
            raise OracleUnusable(f"{VARIABLE} is {named!r}, which has no asyncore, asynchat and smtpd of its own")
        return Oracle(python, f"named by {VARIABLE}")
    if running.legacy:
        return Oracle(running, "the running interpreter")
    for minor in LEGACY_MINORS:
        python = find(minor)
        if python is not None and python.legacy:
            return Oracle(python, "found on this machine")
    install(running, directory)
    return Oracle(running, "with the stand-ins from PyPI", (str(directory),))


def install_stand_ins(python: Python, directory: Path) -> None:
    """Install PyPI's copies of the three modules into *directory*, whole or not at all.

    Raises `OracleMissing` where pip cannot (no network, say).
    """
    if directory.exists():
        return
    directory.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=directory.name, dir=directory.parent))
    try:
        _pip_install(python, fresh)
        try:
            fresh.rename(directory)
        except OSError:  # another session was faster, with the same packages
            if not directory.exists():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _pip_install(python: Python, target: Path) -> None:
    command = [
        python.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--retries=1",
    ]
    try:
        subprocess.run(
            [*command, "--target", str(target), *STAND_INS],
            env=pythons.clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=True,
        )
    except subprocess.CalledProcessError as failed:
        said = failed.stderr.decode(errors="replace").strip().splitlines() or ["pip said nothing"]
        raise OracleMissing(_nothing_found(said[-1])) from failed
    except (OSError, subprocess.SubprocessError) as failed:
        raise OracleMissing(_nothing_found(str(failed))) from failed


def _nothing_found(why: str) -> str:
    return (
        f"no Python 3.9-3.11 was found (set {VARIABLE} to name one), and {', '.join(STAND_INS)} "
        f"could not be installed from PyPI: {why}"
    )
