"""The report in text: how many classes there are, what becomes of them, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from click import style

from asyncore_codemods.report.text import count, without_success
from asyncore_codemods.rules import rule

if TYPE_CHECKING:
    from asyncore_codemods.findings import ClassVerdict, Outcome


def overview(outcome: Outcome) -> str:
    """Return totals, reasons by frequency, and the classes file by file."""
    if not outcome.classes:
        return _nothing(outcome)
    files = {verdict.path for verdict in outcome.classes}
    lines = [f"{count(len(outcome.classes), 'class')} in {count(len(files), 'file')}."]
    if outcome.errors:
        failed = len({finding.path for finding in outcome.errors})
        lines.append(f"{count(failed, 'file')} could not be looked at.")
    lines.append("")
    strategies = Counter((v.strategy.value, v.tier.value if v.tier else "-") for v in outcome.classes)
    lines += [f"{number:5}  {strategy} ({tier})" for (strategy, tier), number in strategies.most_common()]
    reasons = Counter(code for verdict in outcome.classes for code in {code for code, _ in verdict.reasons})
    if reasons:
        lines += ["", "Why not:"]
        lines += [f"{number:5}  {code.value}: {rule(code).title}" for code, number in reasons.most_common()]
    path = ""
    for verdict in sorted(outcome.classes, key=lambda v: (v.path, v.line)):
        if verdict.path != path:
            path = verdict.path
            lines += ["", style(path, bold=True)]
        lines += _class_lines(verdict)
    return "".join(f"{line}\n" for line in lines)


def _nothing(outcome: Outcome) -> str:
    if not outcome.errors:
        return f"{count(outcome.searched, 'file')} searched: no classes of asyncore, asynchat or smtpd.\n"
    text = without_success(outcome)
    if len({finding.path for finding in outcome.errors}) < outcome.searched:
        text += ": no classes of asyncore, asynchat or smtpd in the others"
    return f"{text}.\n"


def _class_lines(verdict: ClassVerdict) -> list[str]:
    kind = verdict.root or "a producer"
    lines = [f"{verdict.line:5}  {style(verdict.name, bold=True)} ({kind}): {verdict.strategy.value}"]
    for (code, message), (path, number) in zip(verdict.reasons, verdict.places):
        place = number if path == verdict.path else f"{path}:{number}"
        lines.append(f"         {code.value}: {message} [{place}]")
    return lines
