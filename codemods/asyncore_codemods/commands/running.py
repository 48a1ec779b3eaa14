"""What check, diff, fix and report do alike: look, show progress, and say what could not be looked at."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from asyncore_codemods.commands.saying import complain, fail, is_terminal, note
from asyncore_codemods.pipeline import run
from asyncore_codemods.pool import LostError
from asyncore_codemods.rules import rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncore_codemods.commands.options import Request
    from asyncore_codemods.findings import Finding, Outcome

_SKIPPED_SHOWN = 5


def look(request: Request) -> Outcome:
    """Return the outcome of a run, after printing its errors; exits with 2 if there is nothing to look at."""
    try:
        outcome = _with_progress(request)
    except LostError as error:
        fail(f"{error}. Try it with `--jobs 1`.")
    if not outcome.searched and not (request.options.force_exclude and all(p.is_file() for p in request.paths)):
        say_skipped(outcome)
        raise click.UsageError(f"there are no Python files in {request.names or '.'!r}.")
    _say_errors(outcome.errors)
    return outcome


def _say_errors(errors: list[Finding]) -> None:
    """Print what went wrong file by file, and what to do about it once."""
    by_advice: dict[str, list[Finding]] = {}
    for finding in errors:
        by_advice.setdefault(rule(finding.code).advice, []).append(finding)
    for advice, found in by_advice.items():
        for finding in found[:-1]:
            complain(f"{finding.path}: {finding.message}.")
        last = found[-1]
        if len(found) == 1:
            complain(f"{last.path}: {last.message}. {advice}")
        else:
            complain(f"{last.path}: {last.message}.")
            note(f"  {last.code.value}, {len(found)} files: {advice}")


def exit_code(outcome: Outcome, said: Iterable[object]) -> int:
    """Return 2 after errors, 1 if something was *said*, else 0."""
    if outcome.errors:
        return 2
    return 1 if any(True for _ in said) else 0


def say_skipped(outcome: Outcome) -> None:
    """Say which directories were not searched, and why."""
    for path, why in outcome.skipped[:_SKIPPED_SHOWN]:
        note(f"Not searched: {path} ({why})")
    more = len(outcome.skipped) - _SKIPPED_SHOWN
    if more > 0:
        note(f"Not searched: {more} more (`asyncore-migrate report --format json` lists them)")


def _with_progress(request: Request) -> Outcome:
    if not is_terminal(sys.stderr):
        return run(request.paths, request.options, contents=request.contents)
    from rich.console import Console  # noqa: PLC0415  needed on terminals only
    from rich.progress import Progress, SpinnerColumn, TextColumn  # noqa: PLC0415

    console = Console(file=sys.stderr)
    columns = SpinnerColumn(), TextColumn("{task.description}")
    # no refreshing thread: workers are forked meanwhile
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task("searching")
        seen = 0

        def step(path: object) -> None:
            nonlocal seen
            seen += 1
            if seen % 100 == 1:
                progress.update(task, description=str(path), refresh=True)

        return run(request.paths, request.options, step, request.contents)
