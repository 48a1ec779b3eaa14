"""From paths to an outcome: discover, index, plan, rewrite, verify. Writing is the caller's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.findings import Finding, Outcome, Strategy
from asyncore_codemods.index import build_index
from asyncore_codemods.options import Options
from asyncore_codemods.suppress import apply_suppressions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

__all__ = ["Options", "run"]


def run(
    paths: Iterable[Path],
    options: Options | None = None,
    progress: Callable[[Path], None] | None = None,
    contents: Mapping[Path, bytes] | None = None,
) -> Outcome:
    """Look at *paths* and return what is to be said and what would be written; nothing is.

    *contents* stand for what files hold on disk: an editor's buffer, say.
    """
    options = options or Options()
    paths = list(paths)
    project = build_index(paths, progress, contents, options)
    outcome = Outcome(searched=project.searched, skipped=[(str(path), why) for path, why in project.skipped])
    for path, error in project.unreadable:
        outcome.findings.append(
            Finding(str(path), error.line, error.column + 1, Code(error.code), error.message, is_error=True)
        )
    if project.modules:
        from asyncore_codemods.pool import rewrite_programs  # noqa: PLC0415  libcst is slow to import, and often not needed

        for part in rewrite_programs(project, options):
            outcome.add(part)
    if options.level != "import":
        from asyncore_codemods.misuse import find_misuse  # noqa: PLC0415  often not needed

        _add_misuse(outcome, find_misuse(project))
    if options.inventory:
        from asyncore_codemods.analyse.inventory import read_inventory  # noqa: PLC0415  for reports only
        from asyncore_codemods.plan.verdicts import judge  # noqa: PLC0415  for reports only

        outcome.inventory = read_inventory(project)
        judge(outcome.inventory, outcome)
    apply_suppressions(outcome, project, options)
    outcome.findings = [finding for finding in outcome.findings if finding.is_error or options.wants(finding.code)]
    outcome.findings = _without_echoes(outcome.findings)
    outcome.findings.sort(key=lambda finding: finding.sort_key)
    return outcome


def _add_misuse(outcome: Outcome, found: Iterable[Finding]) -> None:
    """Add what the planner has not said yet of the same line."""
    said = {(finding.path, finding.line, finding.code) for finding in outcome.findings}
    mended = {(v.path, v.name) for v in outcome.classes if v.strategy is Strategy.SMTP}  # old signatures are served
    spoken = {(v.path, v.name) for v in outcome.classes if v.strategy is Strategy.STREAMS}  # their text is encoded
    new = {
        f.sort_key: f
        for f in found
        if (f.path, f.line, f.code) not in said
        and not (f.code is Code.SIGNATURE and (f.path, f.subject) in mended)
        and not (f.code is Code.TEXT_MODE and (f.path, f.subject) in spoken)
    }
    outcome.findings += new.values()


def _without_echoes(findings: list[Finding]) -> list[Finding]:
    """Leave out that something of a removed module is used where another finding says more of the same use."""
    said = {(f.path, f.line, f.column) for f in findings if f.code not in (Code.ASYNCORE_USE, Code.IMPORT)}
    return [f for f in findings if f.code is not Code.ASYNCORE_USE or (f.path, f.line, f.column) not in said]
