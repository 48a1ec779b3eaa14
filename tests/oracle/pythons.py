"""The interpreters of this machine, and what each of them can do.

An interpreter is asked, never guessed: a shim on PATH may have nothing behind it, and a distribution may ship
a Python without its whole library. Asking costs a few milliseconds and happens once per executable.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SUPPORTED = ((3, 9), (3, 10), (3, 11), (3, 12), (3, 13), (3, 14))
"""The minor versions this project runs on, oldest first."""

_QUESTION = """
import importlib.util, json, sys
print(json.dumps({
    "executable": sys.executable,
    "version": sys.version_info[:3],
    "legacy": sys.version_info < (3, 12) and all(map(importlib.util.find_spec, ["asyncore", "asynchat", "smtpd"])),
    "uvloop": importlib.util.find_spec("uvloop") is not None,
    "aiosmtpd": importlib.util.find_spec("aiosmtpd") is not None,
}))
"""


@dataclass(frozen=True)
class Python:
    """One interpreter that answered."""

    executable: str
    version: tuple[int, int, int]
    legacy: bool
    """Its own standard library still has asyncore, asynchat and smtpd."""
    uvloop: bool
    aiosmtpd: bool = False

    @property
    def minor(self) -> tuple[int, int]:
        """The version without the patch level, such as ``(3, 11)``."""
        return self.version[:2]

    @property
    def label(self) -> str:
        """The version as people write it, such as ``3.11``."""
        return "{}.{}".format(*self.minor)


@functools.cache
def ask(executable: str) -> Python | None:
    """Return what *executable* says of itself, or None where nothing usable answers."""
    try:
        answer = subprocess.run(
            [executable, "-W", "ignore", "-c", _QUESTION],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            check=True,
        )
        told = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    has = (bool(told[name]) for name in ("legacy", "uvloop", "aiosmtpd"))
    return Python(told["executable"], tuple(told["version"]), *has)


def this_python() -> Python:
    """Return the interpreter that runs the tests."""
    python = ask(sys.executable)
    assert python is not None, "the running interpreter does not answer"
    return python


@functools.cache
def find(minor: tuple[int, int]) -> Python | None:
    """Return an interpreter of that minor version: the running one, one on PATH, or one of pyenv's."""
    for executable in _candidates(minor):
        python = ask(executable)
        if python is not None and python.minor == minor:
            return python
    return None


def available() -> dict[tuple[int, int], Python]:
    """Return every supported minor version that is there, oldest first."""
    return {minor: python for minor in SUPPORTED if (python := find(minor)) is not None}


def clean_environment() -> dict[str, str]:
    """Return this process's environment without the variables that change what a Python does."""
    # pytest changes its own variables meanwhile, in another thread, so that items() may raise KeyError
    found = {key: os.environ.get(key) for key in list(os.environ) if not key.startswith("PYTHON")}
    return {key: value for key, value in found.items() if value is not None}


def _candidates(minor: tuple[int, int]) -> Iterator[str]:
    if minor == sys.version_info[:2]:
        yield sys.executable
    name = "python{}.{}".format(*minor)
    on_path = shutil.which(name)
    if on_path:
        yield on_path
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for home in sorted(root.glob("versions/{}.{}*".format(*minor)), key=_natural, reverse=True):
        yield str(home / "bin" / name)


def _natural(path: Path) -> list[int]:
    """Sort 3.9.18 after 3.9.2."""
    return [int(part) if part.isdigit() else -1 for part in path.name.split(".")]
