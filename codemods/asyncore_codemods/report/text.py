"""The report for people: one line a finding, and under each group of findings what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from asyncore_codemods.codes import Code
from asyncore_codemods.rules import rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from asyncore_codemods.findings import Finding, Outcome

_DIFFERENCES = (Code.BACKPRESSURE, Code.FLUSH_ON_EOF, Code.TEXT_BY_FRAME, Code.CONNECT, Code.UNSENT)


def print_findings(console: Console, findings: Iterable[Finding], *, fixed: bool = False) -> None:
    """Print every finding with its place, then the advice for each code that came up.

    *fixed* says that what is fixable has been fixed.
    """
    codes: dict[Code, None] = {}
    for finding in findings:
        console.print(finding_line(finding, fixed=fixed), soft_wrap=True)
        codes.update(dict.fromkeys([*([] if finding.fixable else [finding.code]), *finding.differences]))
    for code in codes:
        _print_advice(console, code)


def _print_advice(console: Console, code: Code) -> None:
    page = rule(code)
    line = Text("  ")
    line.append(code.value, style="bold")
    text = f"{page.title[0].upper()}{page.title[1:]}." if code in _DIFFERENCES else page.advice
    line.append(f": {text}")
    console.print(line, soft_wrap=True)


def finding_line(finding: Finding, *, fixed: bool = False) -> Text:
    """Return `path:line:column: CODE Class message`, and whether it can be fixed, or has been."""
    line = Text()
    line.append(finding.path, style="bold")
    line.append(f":{finding.line}:{finding.column}: ", style="cyan")
    line.append(f"{finding.code.value} ", style="bold red" if finding.is_error else "bold yellow")
    if finding.fixable:
        line.append("[fixed] " if fixed else "[*] ", style="green")
    if finding.subject:
        line.append(f"{finding.subject} ", style="bold")
    line.append(finding.done if fixed and finding.done else finding.message)
    return line


def summary(outcome: Outcome) -> str:
    """Return the last line of a `check`."""
    findings = [finding for finding in outcome.findings if not finding.is_error]
    files = {finding.path for finding in findings}
    fixable = sum(finding.fixable for finding in findings)
    if not findings:
        return f"{count(outcome.searched, 'file')} searched: no asyncore, asynchat or smtpd."
    text = f"{count(len(findings), 'finding')} in {count(len(files), 'file')}"
    if fixable:
        text += f", {fixable} fixable with `asyncore-migrate fix`"
    return text + "."


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}{'es' if noun.endswith('s') else 's'}"
