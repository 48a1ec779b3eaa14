"""The command line: check, diff, fix, report, explain and rules.

Exit codes are ruff's: 0 nothing to say, 1 findings, 2 something is wrong with the call or with a file. Each command
imports what it needs when it runs, so that the start costs little.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from asyncore_codemods.commands.check import check
from asyncore_codemods.commands.diff import diff
from asyncore_codemods.commands.explain import explain, rules
from asyncore_codemods.commands.fix import fix
from asyncore_codemods.commands.report import report
from asyncore_codemods.commands.saying import note

_EPILOG = """\
\b
Shell completion:
  bash   eval "$(_ASYNCORE_MIGRATE_COMPLETE=bash_source asyncore-migrate)"
  zsh    eval "$(_ASYNCORE_MIGRATE_COMPLETE=zsh_source asyncore-migrate)"
  fish   _ASYNCORE_MIGRATE_COMPLETE=fish_source asyncore-migrate | source

Options can stand in [tool.asyncore-migrate] of pyproject.toml. NO_COLOR and FORCE_COLOR are respected.
"""


class _Commands(click.Group):
    """A group in which `asyncore-migrate PATH` means `asyncore-migrate check PATH`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] == ["help"]:
            args = [*args[1:2], "--help"]
        first = next((arg for arg in args if not arg.startswith("-")), None)
        if first is not None and first not in self.commands and (os.sep in first or Path(first).exists()):
            args = ["check", *args]
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as mistake:
            owners = [name for name, command in self.commands.items() if _has_option(command, mistake.option_name)]
            if not owners:
                raise
            ctx.fail(
                f"{mistake.option_name} belongs behind a command: "
                f"asyncore-migrate {'fix' if 'fix' in owners else owners[0]} {mistake.option_name} ..."
            )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.commands and Path(name).suffix in (".py", ".pyw"):
            ctx.fail(f"there is no file {name}, nor such a command; there are {', '.join(sorted(self.commands))}.")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            note("Interrupted.")
            sys.exit(130)  # as a shell says of a program that SIGINT has ended


def _has_option(command: click.Command, name: str) -> bool:
    return any(name in (*parameter.opts, *parameter.secondary_opts) for parameter in command.params)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EPILOG)
@click.version_option(package_name="asyncore-bridge", prog_name="asyncore-migrate")
def cli() -> None:
    """Find code that uses asyncore, asynchat or smtpd, and move it to asyncio."""


for _command in (check, diff, fix, report, explain, rules):
    cli.add_command(_command)
