"""Something runs `python -m smtpd`.

Python 3.12 removed smtpd, and with it this command, which people run to see the mail that a program sends. It
fails with "No module named smtpd"; if that is noticed, by whoever reads what the command prints.

## What to do

Run `python -m asyncore_bridge -m smtpd`, which takes the same options, or `python -m aiosmtpd -n -l localhost:8025`
instead.

Where a program runs its own Python (`[sys.executable, "-m", "smtpd", ...]`), `fix` makes that
`"-m", "asyncore_bridge.smtpd"`. Any other Python may not have the bridge: install it there first. A class of the
project's own that the command is given (`-c package.Class`) has to stay on the bridge, of course.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.commands import COMMAND, RUNS_SMTPD, commands_of
from asyncore_codemods.codes import Code
from asyncore_codemods.findings import Finding, Tier
from asyncore_codemods.required import script_lines

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from asyncore_codemods.index import Module, Project

CODE = Code.COMMAND_LINE


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield the commands in a program."""
    for command in commands_of(project, module):
        yield command.node, RUNS_SMTPD


def find_in_scripts(files: Iterable[Path]) -> Iterator[Finding]:
    """Yield the commands in scripts, settings and what people read."""
    for file in files:
        for number, line in script_lines(file):
            for match in COMMAND.finditer(line):
                yield Finding(str(file), number, match.start() + 1, CODE, RUNS_SMTPD, tier=Tier.DISPLAY)
