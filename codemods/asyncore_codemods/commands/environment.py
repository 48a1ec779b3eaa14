"""`asyncore-migrate check --environment`."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from asyncore_codemods.commands.saying import fail, note, say
from asyncore_codemods.environment import SUBSTITUTES, read_environment
from asyncore_codemods.report.text import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.environment import Dependant, Environment

_FORMS = ("text", "concise", "json")


def check_environment(form: str) -> None:
    """Report the distributions that import removed modules; exits with 1 if there are any, else with 0.

    The active virtual environment is searched, or else where this command is installed.
    """
    if form not in _FORMS:
        fail(f"--environment is reported as {', '.join(_FORMS)}, not as {form}.")
    where = _active_environment()
    found = read_environment(where)
    if where:
        note(f"The active virtual environment: {os.environ['VIRTUAL_ENV']}")
    if form == "json":
        say(json.dumps(dataclasses.asdict(found), indent=2))
    else:
        for line in _lines(found):
            say(line)
    sys.exit(1 if found.dependants else 0)


def _active_environment() -> list[str] | None:
    """Return where the active environment keeps its packages, None if that is where this command runs."""
    active = os.environ.get("VIRTUAL_ENV")
    if not active or Path(active).resolve() == Path(sys.prefix).resolve():
        return None
    directories = [*Path(active).glob("lib*/python*/site-packages"), Path(active) / "Lib" / "site-packages"]
    return [str(directory) for directory in directories if directory.is_dir()] or None


def _lines(found: Environment) -> Iterator[str]:
    for dependant in found.dependants:
        yield from _describe(dependant)
    if found.substitutes:
        names = ", ".join(f"{name} ({', '.join(SUBSTITUTES[name])})" for name in found.substitutes)
        yield f"Installed in place of the removed modules: {names}."
    number = len(found.dependants)
    if number:
        yield "Run such programs with `python -m asyncore_bridge`, or call asyncore_bridge.install() first."
    verb = "imports" if number == 1 else "import"
    yield f"{count(found.searched, 'distribution')} searched: {number or 'none'} {verb} a removed module."


def _describe(dependant: Dependant) -> Iterator[str]:
    yield f"{dependant.name} {dependant.version} imports {', '.join(dependant.modules)}"
    for site in dependant.sites[:3]:
        yield f"    {site.path}:{site.line}: {site.module}{' (in a try or an if)' if site.guarded else ''}"
    if len(dependant.sites) > 3:
        yield f"    and {len(dependant.sites) - 3} more"
    yield f"    required by {', '.join(dependant.required_by) or 'no other distribution'}"
