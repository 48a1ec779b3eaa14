"""The command line: check, diff, fix, explain and rules.

Exit codes are ruff's: 0 nothing to say, 1 findings, 2 something is wrong with the call or with a file.
"""

from __future__ import annotations

import difflib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import click
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import Progress, SpinnerColumn, TextColumn

from asyncore_codemods.codes import Code
from asyncore_codemods.pipeline import Options, run
from asyncore_codemods.report.text import count, print_findings, summary
from asyncore_codemods.rules import all_rules, rule
from asyncore_codemods.write import WriteError, write_together

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asyncore_codemods.findings import FileResult, Outcome

_Function = Callable[..., Any]


class _Commands(click.Group):
    """A group in which `asyncore-migrate PATH` means `asyncore-migrate check PATH`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((arg for arg in args if not arg.startswith("-")), None)
        if first is not None and first not in self.commands and (os.sep in first or Path(first).exists()):
            args = ["check", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="asyncore-bridge", prog_name="asyncore-migrate")
def cli() -> None:
    """Find code that uses asyncore, asynchat or smtpd, and move it to asyncio."""


def _run_options(function: _Function) -> _Function:
    for decorate in (
        click.option(
            "--exact", is_flag=True, help="Rewrite only what shows no difference at all, back-pressure included."
        ),
        click.option("--unsafe", is_flag=True, help="Rewrite also what differs in more than the safe ways."),
        click.option(
            "--level",
            type=click.Choice(["import", "streams"]),
            default="streams",
            show_default=True,
            help="How far to go: only move imports to the bridge, or rewrite classes as well.",
        ),
        click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path)),
    ):
        function = decorate(function)
    return function


@cli.command()
@_run_options
def check(paths: tuple[Path, ...], level: str, *, unsafe: bool, exact: bool) -> None:
    """Report what there is and what can be done about it. Writes nothing."""
    outcome = _look(paths, Options(level, unsafe, exact))
    print_findings(_console(), [finding for finding in outcome.findings if not finding.is_error])
    _say(summary(outcome))
    _say_skipped(outcome)
    sys.exit(_exit_code(outcome, outcome.findings))


@cli.command()
@_run_options
def diff(paths: tuple[Path, ...], level: str, *, unsafe: bool, exact: bool) -> None:
    """Print what `fix` would change, as a patch that `git apply` takes. Writes nothing."""
    outcome = _look(paths, Options(level, unsafe, exact))
    for file in outcome.changed:
        click.echo(b"".join(_patch(file)), nl=False)
    left = [finding for finding in outcome.findings if not finding.fixable and not finding.is_error]
    print_findings(_console(error=True), left)
    sys.exit(_exit_code(outcome, [*outcome.changed, *left]))


@cli.command()
@_run_options
def fix(paths: tuple[Path, ...], level: str, *, unsafe: bool, exact: bool) -> None:
    """Rewrite files. What cannot be rewritten yet moves to the bridge, and is reported."""
    outcome = _look(paths, Options(level, unsafe, exact))
    written: set[str] = set()
    failed = False
    for group in outcome.groups:
        try:
            write_together(group)
            written |= {file.path for file in group}
        except WriteError as error:
            failed = True
            _complain(str(error))
    kept_back = {file.path for group in outcome.groups for file in group} - written
    said = [
        finding
        for finding in outcome.findings
        if not finding.is_error and finding.code is not Code.IMPORT and finding.path not in kept_back
    ]
    print_findings(_console(), said, fixed=True)
    _say(_fix_summary(outcome, len(written)))
    _say_skipped(outcome)
    sys.exit(2 if failed else _exit_code(outcome, [finding for finding in said if not finding.fixable]))


@cli.command()
@click.argument("code")
def explain(code: str) -> None:
    """Print the page of a finding's code."""
    wanted = code.upper().replace("_", "-")
    try:
        page = rule(Code(wanted)).page
    except ValueError:
        close = difflib.get_close_matches(wanted, [c.value for c in Code], n=1)
        hint = f" Did you mean {close[0]}?" if close else " `asyncore-migrate rules` lists them."
        raise click.UsageError(f"there is no code {code!r}.{hint}") from None
    console = _console()
    if console.is_terminal:
        console.print(Markdown(page))
    else:
        click.echo(page, nl=False)


@cli.command()
def rules() -> None:
    """List every code."""
    for one in all_rules():
        click.echo(f"{one.code.value:18} {one.title}")


def _look(paths: tuple[Path, ...], options: Options) -> Outcome:
    for path in paths:
        if not path.exists():
            raise click.UsageError(f"{path} does not exist.")
    outcome = _with_progress(paths, options)
    if not outcome.searched:
        raise click.UsageError(f"there are no Python files in {', '.join(map(str, paths))}.")
    for finding in outcome.errors:
        _complain(f"{finding.path}: {finding.message}. {rule(finding.code).advice}")
    return outcome


def _with_progress(paths: tuple[Path, ...], options: Options) -> Outcome:
    console = _console(error=True)
    if not console.is_terminal:
        return run(paths, options)
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as progress:
        task = progress.add_task("searching")
        return run(paths, options, lambda path: progress.update(task, description=str(path)))


def _exit_code(outcome: Outcome, said: Iterable[object]) -> int:
    if outcome.errors:
        return 2
    return 1 if any(True for _ in said) else 0


def _fix_summary(outcome: Outcome, written: int) -> str:
    if not written:
        return "Nothing to change."
    rewritten = sum(bool(finding.done) for finding in outcome.findings)
    left = {(f.path, f.subject) for f in outcome.findings if f.subject and not f.fixable}
    parts = [f"{count(written, 'file')} written"]
    if rewritten:
        parts.append(f"{count(rewritten, 'class')} rewritten to asyncio")
    if left:
        parts.append(f"{count(len(left), 'class')} on the bridge")
    return ", ".join(parts) + "."


def _say_skipped(outcome: Outcome) -> None:
    for path, why in outcome.skipped:
        click.echo(f"Not searched: {path} ({why})", err=True)


def _patch(file: FileResult) -> Iterator[bytes]:
    name = Path(os.path.relpath(file.path)).as_posix().encode()
    old, new = file.old.splitlines(keepends=True), file.new.splitlines(keepends=True)
    for line in difflib.diff_bytes(difflib.unified_diff, old, new, b"a/" + name, b"b/" + name):
        yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _say(text: str) -> None:
    click.echo(text)


def _complain(text: str) -> None:
    click.echo(f"Error: {text}", err=True)


def _console(*, error: bool = False) -> Console:
    return Console(file=sys.stderr if error else sys.stdout, highlight=False)
