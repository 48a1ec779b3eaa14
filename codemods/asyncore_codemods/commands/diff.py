"""`asyncore-migrate diff`."""

from __future__ import annotations

import sys
from typing import Any

import click

from asyncore_codemods.commands.options import request, run_options
from asyncore_codemods.commands.saying import note


@click.command()
@run_options
def diff(**given: Any) -> None:
    """Print what `fix` would change, as a patch that `git apply` takes. Writes nothing.

    Exits with 0 if there is nothing to do, 1 if there is, 2 if something went wrong.
    """
    from asyncore_codemods.commands.running import exit_code, look  # noqa: PLC0415
    from asyncore_codemods.patch import patch  # noqa: PLC0415
    from asyncore_codemods.report.text import findings_text  # noqa: PLC0415

    asked = request(**given)
    outcome = look(asked)
    directory, text = patch(outcome.changed)
    click.echo(text, nl=False)
    if directory:
        note(f"The names in this patch start in {directory}.")
    left = [finding for finding in outcome.findings if not finding.fixable and not finding.is_error]
    if left:
        note(findings_text(left, asked.contents, frames=False).rstrip("\n"))
    sys.exit(exit_code(outcome, [*outcome.changed, *left]))
