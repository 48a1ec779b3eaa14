"""Findings as GitHub's workflow commands, which show them beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.report.data import relative

if TYPE_CHECKING:
    from asyncore_codemods.findings import Finding, Outcome


def to_github(outcome: Outcome) -> str:
    """Return one workflow command a finding."""
    return "".join(f"{_command(finding)}\n" for finding in outcome.findings)


def _command(finding: Finding) -> str:
    kind = "error" if finding.is_error else "notice" if finding.fixable else "warning"
    properties = {
        "title": f"asyncore-migrate ({finding.code.value})",
        "file": relative(finding.path),
        "line": str(finding.line),
        "col": str(finding.column),
    }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{kind} {listed}::{_data(f'{finding.subject} {finding.message}'.strip())}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
