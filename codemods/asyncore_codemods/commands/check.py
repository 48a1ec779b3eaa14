"""`asyncore-migrate check`."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from asyncore_codemods.commands.options import PathType, Request, request, run_options
from asyncore_codemods.commands.saying import fail, note, say

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("text", "concise", "json", "sarif", "github")


@click.command()
@run_options
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How findings are shown.",
)
@click.option(
    "--baseline",
    type=PathType(dir_okay=False),
    metavar="FILE",
    help="Be silent about as many findings as FILE allows.",
)
@click.option(
    "--write-baseline",
    type=PathType(dir_okay=False),
    metavar="FILE",
    help="Write FILE, which allows what is found now, and exit with 0.",
)
@click.option(
    "--environment",
    is_flag=True,
    help="Look at the installed distributions, not at source files: which import the removed modules?",
)
def check(
    form: str, *, environment: bool, baseline: Path | None, write_baseline: Path | None, **given: Any
) -> None:
    """Report what there is and what can be done about it. Writes nothing.

    Exits with 0 if there is nothing to report, 1 if there is, 2 if something went wrong.
    """
    from asyncore_codemods import baseline as baselines  # noqa: PLC0415  commands import what they need when they run
    from asyncore_codemods.commands.running import exit_code, look, say_skipped  # noqa: PLC0415
    from asyncore_codemods.report import render  # noqa: PLC0415

    if environment:
        from asyncore_codemods.commands.environment import check_environment  # noqa: PLC0415

        if given["paths"]:
            raise click.UsageError("--environment goes with no path.")
        check_environment(form)
    asked = request(**given)
    asked.options = replace(asked.options, rewrite=False)
    outcome = look(asked)
    findings = [finding for finding in outcome.findings if not finding.is_error]
    try:
        if write_baseline is not None:
            number = baselines.write_baseline(write_baseline, findings)
            note(f"{write_baseline} allows {number} findings.")
            sys.exit(exit_code(outcome, ()))
        known = 0
        path = _baseline(baseline, asked)
        if path is not None:
            compared = baselines.compare(path, findings)
            findings, known = compared.new, compared.known
            if compared.allowed:
                note(
                    f"{path} allows {compared.allowed} more than there are: if this was the whole of the project, "
                    "write it anew with --write-baseline."
                )
    except baselines.BaselineError as error:
        fail(str(error))
    outcome.findings = findings + outcome.errors
    all_known = known and not outcome.findings and form in ("text", "concise")
    text = "" if all_known else render(form, outcome, asked.contents)
    if text:
        say(text.rstrip("\n"))
    if known and form in ("text", "concise"):
        say(f"{known} known findings are in the baseline.")
    say_skipped(outcome)
    sys.exit(exit_code(outcome, findings))


def _baseline(given: Path | None, asked: Request) -> Path | None:
    configured = asked.config.values.get("baseline")
    return given if given is not None or configured is None else asked.config.directory / configured
