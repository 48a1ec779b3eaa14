"""`asyncore-migrate explain` and `asyncore-migrate rules`."""

from __future__ import annotations

import sys

import click

from asyncore_codemods.commands.saying import is_terminal, say
from asyncore_codemods.suppress import KNOWN_CODES, unknown_code


@click.command()
@click.argument("code")
def explain(code: str) -> None:
    """Print the page of a finding's code."""
    from asyncore_codemods.codes import Code  # noqa: PLC0415
    from asyncore_codemods.rules import rule  # noqa: PLC0415

    wanted = code.upper().replace("_", "-")
    if wanted not in KNOWN_CODES:
        raise click.UsageError(f"there is no code {unknown_code(code)}")
    page = rule(Code(wanted)).page
    if is_terminal(sys.stdout):
        from rich.console import Console  # noqa: PLC0415  needed on terminals only
        from rich.markdown import Markdown  # noqa: PLC0415

        Console().print(Markdown(page))
    else:
        click.echo(page, nl=False)


@click.command()
def rules() -> None:
    """List every code."""
    from asyncore_codemods.rules import all_rules  # noqa: PLC0415

    for one in all_rules():
        say(f"{one.code.value:18} {one.title}")
