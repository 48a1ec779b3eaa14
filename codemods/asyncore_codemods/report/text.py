"""The report for people: a line and a piece of source for each finding, then what to do about each code."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from click import style

from asyncore_codemods.codes import SAFE_DIFFERENCES, Code
from asyncore_codemods.findings import Strategy
from asyncore_codemods.report.frames import Frames
from asyncore_codemods.rules import MISTAKES, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from asyncore_codemods.findings import Finding, Outcome

_ADVICE_ON_TESTS = (
    "  Only tests keep the rest on the bridge: leave them out (`--exclude tests`, say) to have\n"
    "  it rewritten, and adapt by hand those that use what the classes have had from asyncore."
)
_DIFFERENCES = (*SAFE_DIFFERENCES, Code.AFTER_ERROR, Code.AT_END, Code.AS_UTF8)


def check_text(outcome: Outcome, contents: Mapping[Path, bytes] | None, *, frames: bool) -> str:
    """Return what `check` prints."""
    found = [finding for finding in outcome.findings if not finding.is_error]
    return findings_text(found, contents, frames=frames) + summary(outcome) + "\n"


def findings_text(
    findings: Iterable[Finding],
    contents: Mapping[Path, bytes] | None,
    *,
    fixed: bool = False,
    frames: bool = True,
) -> str:
    """Return every finding with its place and source, then the advice for each code that came up.

    *fixed* says that what is fixable has been fixed; *contents* stand for what is on disk.
    """
    findings = list(findings)
    rewritten = {
        (finding.path, finding.subject) for finding in findings if fixed and finding.done and finding.subject
    }
    codes: dict[Code, None] = {}
    kept: dict[Code, None] = {}  # mistakes in classes that are not what they were
    source = Frames(contents or {})
    lines: list[str] = []
    for finding in findings:
        lines.append(finding_line(finding, fixed=fixed))
        if frames:
            lines += source.frame(finding)
        if finding.code in MISTAKES and (finding.path, finding.subject) in rewritten:
            kept[finding.code] = None
        else:
            codes.update(dict.fromkeys([*([] if finding.fixable else [finding.code]), *finding.differences]))
    lines += [_advice(code) for code in codes]
    lines += [_advice_on_kept(code) for code in kept if code not in codes]
    lines += [_ADVICE_ON_TESTS] if _are_kept_by_tests(findings) else []
    return "".join(f"{line}\n" for line in lines)


def _are_kept_by_tests(findings: Iterable[Finding]) -> bool:
    """Tell whether nothing but what tests do keeps a program's own classes on the bridge."""
    kept = [one for one in findings if one.strategy is Strategy.BRIDGE and not one.fixable]
    reasons = [one.path for one in kept if one.code is not Code.PROGRAM]
    waits = any(one.code is Code.PROGRAM and not _is_test(one.path) for one in kept)
    return waits and bool(reasons) and all(map(_is_test, reasons))


def _is_test(path: str) -> bool:
    parts = PurePath(path).parts
    return not {"test", "tests"}.isdisjoint(parts) or parts[-1].startswith("test_") or parts[-1] == "conftest.py"


def _advice(code: Code) -> str:
    page = rule(code)
    text = f"{page.title[0].upper()}{page.title[1:]}." if code in _DIFFERENCES else page.advice
    return f"  {style(code.value, bold=True)}: {text}"


def _advice_on_kept(code: Code) -> str:
    text = f"The old code did this: look at what it has become (`asyncore-migrate explain {code.value}`)."
    return f"  {style(code.value, bold=True)}: {text}"


def finding_line(finding: Finding, *, fixed: bool = False) -> str:
    """Return `path:line:column: CODE Class message`, and whether it can be fixed, or has been."""
    line = style(finding.path, bold=True)
    line += style(f":{finding.line}:{finding.column}: ", fg="cyan")
    line += style(finding.code.value, fg="red" if finding.is_error else "yellow", bold=True) + " "
    if finding.fixable:
        line += style("[fixed] " if fixed else "[*] ", fg="green")
    if finding.subject:
        line += style(finding.subject, bold=True) + " "
    return line + (finding.done if fixed and finding.done else finding.message)


def summary(outcome: Outcome) -> str:
    """Return the last line of a `check`."""
    findings = [finding for finding in outcome.findings if not finding.is_error]
    files = {finding.path for finding in findings}
    fixable = sum(finding.fixable for finding in findings)
    if not findings:
        if outcome.errors:
            return without_success(outcome) + "."
        return f"{count(outcome.searched, 'file')} searched: nothing to report."
    text = f"{count(len(findings), 'finding')} in {count(len(files), 'file')}"
    if fixable:
        text += f", {fixable} fixable with `asyncore-migrate fix`"
    return text + "."


def without_success(outcome: Outcome) -> str:
    """Say how many files were searched, and how many of them could not be."""
    failed = len({finding.path for finding in outcome.errors})
    number = "" if failed == outcome.searched else f" {failed} of them"
    return f"{count(outcome.searched, 'file')} searched,{number} without success"


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}{'es' if noun.endswith('s') else 's'}"
