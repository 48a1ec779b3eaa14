"""`asyncore-migrate fix`."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from asyncore_codemods.codes import Code
from asyncore_codemods.commands.options import Request, request, run_options
from asyncore_codemods.commands.saying import complain, note, say
from asyncore_codemods.findings import Strategy

if TYPE_CHECKING:
    from asyncore_codemods.findings import FileResult, Finding, Outcome

_NEEDED = {"asyncore-bridge": rb"asyncore_bridge", "aiosmtpd": rb"aiosmtpd"}  # distributions, and what they install


def _point_to_diff(_ctx: click.Context, _parameter: click.Parameter, given: bool) -> None:
    if given:
        raise click.UsageError("`fix` writes. What it would write is what `asyncore-migrate diff` shows.")


@click.command()
@run_options
@click.option("--dry-run", is_flag=True, hidden=True, expose_value=False, is_eager=True, callback=_point_to_diff)
def fix(**given: Any) -> None:
    """Rewrite files. What cannot be rewritten yet moves to the bridge, and is reported.

    Exits with 0 if nothing is left to do, 1 if something is, 2 if something went wrong.
    """
    from asyncore_codemods.commands.left_out import say_of_left_out  # noqa: PLC0415
    from asyncore_codemods.commands.running import exit_code, look, say_skipped  # noqa: PLC0415
    from asyncore_codemods.report.text import findings_text  # noqa: PLC0415

    asked = request(**given)
    outcome = look(asked)
    if asked.stdin is not None:
        said = _print_result(asked, outcome)
        sys.exit(exit_code(outcome, [finding for finding in said if not finding.fixable]))
    written, failed = _write(outcome)
    kept_back = {file.path for group in outcome.groups for file in group} - written
    said = [
        finding
        for finding in outcome.findings
        if not finding.is_error and not _is_moved(finding) and finding.path not in kept_back
    ]
    text = findings_text(said, None, fixed=True, frames=False)
    if text:
        say(text.rstrip("\n"))
    moved = {finding.path for finding in outcome.findings if _is_moved(finding)}
    for path in sorted(written - {finding.path for finding in said}):
        what = "its imports come from asyncore_bridge now" if path in moved else "uses what has been rewritten"
        say(f"{path}: {what}")
    done = [f for f in outcome.findings if f.done and f.subject] if written else []
    rewritten = {(f.path, f.subject) for f in done if f.path not in kept_back}  # its base class may be elsewhere
    say(_summary(outcome, written, rewritten))
    needed = _needed_now([file for file in outcome.changed if file.path in written])
    if needed:
        note(f"The project needs {needed} now: name it in the dependencies (pyproject.toml, requirements.txt).")
    for line in say_of_left_out(asked.paths, asked.options, rewritten) if written else ():
        note(line)
    say_skipped(outcome)
    sys.exit(2 if failed else exit_code(outcome, [finding for finding in said if not finding.fixable]))


def _is_moved(finding: Finding) -> bool:
    """Tell whether a finding is an import that is changed, of which a line about its file says enough."""
    return finding.code is Code.IMPORT and finding.fixable


def _write(outcome: Outcome) -> tuple[set[str], bool]:
    """Write the groups; return the files written, and whether any could not be."""
    from asyncore_codemods.write import WriteError, write_together  # noqa: PLC0415

    written: set[str] = set()
    failed = False
    for group in outcome.groups:
        try:
            write_together(group)
            written |= {file.path for file in group}
        except WriteError as error:
            failed = True
            complain(str(error))
    return written, failed


def _print_result(asked: Request, outcome: Outcome) -> list[Finding]:
    """Print what becomes of standard input; what is said of it goes elsewhere."""
    from asyncore_codemods.report.text import findings_text  # noqa: PLC0415

    assert asked.stdin is not None
    assert asked.contents is not None
    results = {file.path: file.new for file in outcome.changed}
    click.echo(results.get(str(asked.stdin), asked.contents[asked.stdin]), nl=False)
    said = [f for f in outcome.findings if not f.is_error and not _is_moved(f)]
    text = findings_text(said, asked.contents, fixed=True, frames=False)
    if text:
        note(text.rstrip("\n"))
    return said


def _summary(outcome: Outcome, written: set[str], rewritten: set[tuple[str, str]]) -> str:
    from asyncore_codemods.report.text import count  # noqa: PLC0415

    if not written:
        return "Nothing was written." if outcome.changed or outcome.errors else "Nothing to change."
    left = {(one.path, one.name) for one in outcome.classes if one.strategy is Strategy.BRIDGE} - rewritten
    parts = [f"{count(len(written), 'file')} written"]
    if rewritten:
        parts.append(f"{count(len(rewritten), 'class')} rewritten to asyncio")
    if left:
        parts.append(f"{count(len(left), 'class')} on the bridge")
    return ", ".join(parts) + "."


def _needed_now(written: list[FileResult]) -> str:
    """Return the distributions that files import now and did not import before."""
    needed = []
    for distribution, package in _NEEDED.items():
        imports = re.compile(rb"^\s*(?:from|import)\s+" + package + rb"\b", re.MULTILINE)
        if any(imports.search(file.new) and not imports.search(file.old) for file in written):
            needed.append(distribution)
    return " and ".join(needed)
