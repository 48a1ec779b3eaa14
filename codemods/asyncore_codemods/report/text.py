"""The report for people: one line a finding, and under each group of findings what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from asyncore_codemods.rules import rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from asyncore_codemods.codes import Code
    from asyncore_codemods.findings import Finding, Outcome


def print_findings(console: Console, findings: Iterable[Finding]) -> None:
    """Print every finding with its place, then the advice for each code that came up."""
    codes: dict[Code, None] = {}
    for finding in findings:
        console.print(finding_line(finding), soft_wrap=True)
        if not finding.fixable:
            codes.setdefault(finding.code)
    for code in codes:
        advice = rule(code).advice
        if advice:
            line = Text("  ")
            line.append(code.value, style="bold")
            line.append(f": {advice}")
            console.print(line, soft_wrap=True)


def finding_line(finding: Finding) -> Text:
    """Return `path:line:column: CODE Class: message`, and whether it can be fixed."""
    line = Text()
    line.append(finding.path, style="bold")
    line.append(f":{finding.line}:{finding.column}: ", style="cyan")
    line.append(f"{finding.code.value} ", style="bold red" if finding.is_error else "bold yellow")
    if finding.fixable:
        line.append("[*] ", style="green")
    if finding.subject:
        line.append(f"{finding.subject} ", style="bold")
    line.append(finding.message)
    if finding.tier is not None and finding.fixable and finding.differences:
        line.append(f" [{finding.tier.value}]", style="dim")
    return line


def summary(outcome: Outcome) -> str:
    """Return the last line of a `check`."""
    findings = [finding for finding in outcome.findings if not finding.is_error]
    files = {finding.path for finding in findings}
    fixable = sum(finding.fixable for finding in findings)
    if not findings:
        return f"{_count(outcome.searched, 'file')} searched: no asyncore, asynchat or smtpd."
    text = f"{_count(len(findings), 'finding')} in {_count(len(files), 'file')}"
    if fixable:
        text += f", {fixable} of them fixable with `asyncore-migrate fix`"
    return text + "."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
