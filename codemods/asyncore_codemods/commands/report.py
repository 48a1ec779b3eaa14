"""`asyncore-migrate report`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from asyncore_codemods.commands.options import PathType, request, run_options
from asyncore_codemods.commands.saying import fail, note, say

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("text", "json", "sarif", "github", "html")


@click.command()
@run_options
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="The report's form."
)
@click.option(
    "-o",
    "--output",
    type=PathType(dir_okay=False),
    metavar="FILE",
    help="Write the report to FILE, and not to standard output.",
)
def report(form: str, output: Path | None, **given: Any) -> None:
    """Describe every class: what becomes of it, and why. Writes nothing but the report.

    Findings do not make it fail: it exits with 0, or with 2 if something went wrong.
    """
    from asyncore_codemods.commands.running import exit_code, look, say_skipped  # noqa: PLC0415
    from asyncore_codemods.report import render_report  # noqa: PLC0415
    from asyncore_codemods.report.errors import ReportError  # noqa: PLC0415

    asked = request(**given)
    asked.options = replace(asked.options, rewrite=False, inventory=True)
    outcome = look(asked)
    try:
        text = render_report(form, outcome, asked.title, asked.contents)
    except ReportError as error:
        fail(str(error))
    if output is None:
        if text:
            say(text.rstrip("\n"))
    else:
        if not os.environ.get("FORCE_COLOR"):
            text = click.unstyle(text)
        try:
            output.write_text(text, "utf-8")
        except OSError as error:
            fail(f"{output}: cannot be written: {error.strerror or error}.")
        note(f"{output} written.")
    say_skipped(outcome)
    sys.exit(exit_code(outcome, ()))
