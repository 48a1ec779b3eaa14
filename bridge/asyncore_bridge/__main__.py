"""Run a legacy program, unmodified, with the bridge's modules in place of the stdlib's.

usage: python -m asyncore_bridge PROGRAM.py [ARGUMENT ...]
       python -m asyncore_bridge -m MODULE [ARGUMENT ...]
       python -m asyncore_bridge COMMAND [ARGUMENT ...]

PROGRAM.py (or a directory or zip file with a __main__.py), MODULE, or the Python console script COMMAND is
run as python itself would run it, except that "import asyncore", "asynchat" and "smtpd" find the bridge's modules
on every Python, 3.12 and later included, and that asyncore.loop() runs on an asyncio event loop.

examples:
  python -m asyncore_bridge chat_server.py --port 8000
  python -m asyncore_bridge -m smtpd -n -c DebuggingServer localhost:8025

options:
  -h, --help     show this and leave
  -V, --version  show the version and leave

The exit status is the program's own; 2 if there is nothing to run.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import runpy
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import NoReturn

from ._install import NAMES, install
from ._program import run_file, supervise

NAME = "python -m asyncore_bridge"


def main(args: list[str]) -> None:
    """Run what *args* (without the interpreter's own) ask for."""
    if not args:
        _fail("nothing to run; give a program, or -m and a module")
    first, rest = args[0], args[1:]
    if first in ("-h", "--help"):
        sys.stdout.write((__doc__ or "").strip() + "\n")
    elif first in ("-V", "--version"):
        sys.stdout.write(f"asyncore-bridge {importlib.metadata.version('asyncore-bridge')}\n")
    elif first == "-m":
        _run_module(rest)
    elif first.startswith("-"):
        _fail(f"unknown option {first}; options of the program come after its name, those of Python before -m")
    else:
        _run_path(first, rest)


def _run_module(args: list[str]) -> None:
    if not args:
        _fail("-m needs the name of a module")
    name = f"asyncore_bridge.{args[0]}" if args[0] in NAMES else args[0]
    install()
    sys.argv = args
    sys.path[0] = str(Path.cwd())
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError) as exc:
        _fail(f"cannot import {args[0]!r}: {exc}")
    if found is None:
        _fail(f"there is no module named {args[0]!r}")
    if found.submodule_search_locations is not None and importlib.util.find_spec(f"{name}.__main__") is None:
        _fail(f"{args[0]!r} is a package without a __main__ module")
    supervise(lambda: runpy.run_module(name, run_name="__main__", alter_sys=True), name)


def _run_path(name: str, args: list[str]) -> None:
    path = Path(name)
    if not path.exists():
        command = None if os.sep in name else _find_command(name)
        if command is None:
            _fail(f"there is no file or command {name!r}")
        path = Path(command)
        if not _is_python(path):
            _run_entry_point(name, path, args)
            return
    elif not os.access(path, os.R_OK):
        _fail(f"cannot read {name!r}")
    elif path.is_dir() and not (path / "__main__.py").is_file():
        _fail(f"there is no __main__.py in the directory {name!r}")
    install()
    sys.argv = [str(path), *args]
    sys.path[0] = str(path if path.is_dir() else path.resolve().parent)
    supervise(lambda: run_file(path), name)


def _find_command(name: str) -> str | None:
    """Return where the command is: one of this environment's comes first, whether or not it is on PATH."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    return shutil.which(name, path=path)


def _is_python(path: Path) -> bool:
    """Whether *path* is a script in Python, also behind ``#!/bin/sh``, as pip writes it for a long path."""
    try:
        with path.open("rb") as file:
            first, second = file.readline(256), file.readline(1024)
    except OSError as exc:
        _fail(f"cannot read {str(path)!r}: {exc.strerror}")
    return first.startswith(b"#!") and (b"python" in first or (b"/sh" in first and second.startswith(b"'''exec'")))


def _run_entry_point(name: str, path: Path, args: list[str]) -> None:
    """Run the command *name*, whose *path* is a launcher, as on Windows: its entry point says what to call."""
    wanted = path.stem if path.suffix.lower() == ".exe" else name
    everywhere = (entry for found in importlib.metadata.distributions() for entry in found.entry_points)
    entry = next((e for e in everywhere if e.group == "console_scripts" and e.name == wanted), None)
    if entry is None:
        _fail(f"{str(path)!r} is not a Python script")
    install()
    sys.argv = [str(path), *args]
    supervise(lambda: sys.exit(entry.load()()), name)


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"{NAME}: {message}\ntry: {NAME} --help\n")
    sys.exit(2)


if __name__ == "__main__":
    main(sys.argv[1:])
