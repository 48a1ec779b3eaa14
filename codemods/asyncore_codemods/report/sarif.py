"""Findings as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from asyncore_codemods.report.data import relative, version
from asyncore_codemods.rules import all_rules

if TYPE_CHECKING:
    from asyncore_codemods.findings import Finding, Outcome

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(outcome: Outcome) -> str:
    """Return one SARIF run with all rules and a result for each finding."""
    rules = all_rules()
    places = {one.code: index for index, one in enumerate(rules)}
    driver = {
        "name": "asyncore-migrate",
        "version": version(),
        "rules": [
            {
                "id": one.code.value,
                "shortDescription": {"text": f"{one.title[0].upper()}{one.title[1:]}."},
                "help": {"text": one.page, "markdown": one.page},
            }
            for one in rules
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not outcome.errors}],
        "results": [_result(finding, places[finding.code]) for finding in outcome.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(finding: Finding, index: int) -> dict[str, Any]:
    level = "error" if finding.is_error else "note" if finding.fixable else "warning"
    message = f"{finding.subject} {finding.message}".strip()
    name = relative(finding.path)
    place = Path(name).resolve().as_uri() if Path(name).is_absolute() or name.startswith("..") else quote(name)
    return {
        "ruleId": finding.code.value,
        "ruleIndex": index,
        "level": level,
        "message": {"text": message[0].upper() + message[1:] + "."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": place},
                    "region": {"startLine": finding.line, "startColumn": finding.column},
                }
            }
        ],
    }
