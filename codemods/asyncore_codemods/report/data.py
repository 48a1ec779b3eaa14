"""An outcome as JSON."""

from __future__ import annotations

import json
import os
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asyncore_codemods.findings import ClassVerdict, Finding, Outcome

FORMAT = 1


def to_json(outcome: Outcome) -> str:
    """Return everything that is known, as JSON with a final newline."""
    return json.dumps(as_data(outcome), indent=2, ensure_ascii=True) + "\n"


def as_data(outcome: Outcome) -> dict[str, Any]:
    """Return the same as plain dictionaries and lists."""
    data: dict[str, Any] = {
        "format": FORMAT,
        "version": version(),
        "searched": outcome.searched,
        "skipped": [{"path": relative(path), "reason": why} for path, why in outcome.skipped],
        "classes": [_class(verdict) for verdict in outcome.classes],
        "findings": [_finding(finding) for finding in outcome.findings],
    }
    if outcome.inventory is not None:
        data["inventory"] = outcome.inventory.as_json(relative)
    return data


def version() -> str:
    """Return the version of this tool."""
    return metadata.version("asyncore-bridge")


def relative(path: str) -> str:
    """Return *path* from the working directory on, with slashes; as it is if it lies elsewhere."""
    name = os.path.relpath(path)
    return Path(path if name.startswith(os.pardir) else name).as_posix()


def _class(verdict: ClassVerdict) -> dict[str, Any]:
    return {
        "path": relative(verdict.path),
        "line": verdict.line,
        "name": verdict.name,
        "root": verdict.root,
        "strategy": verdict.strategy.value,
        "tier": verdict.tier.value if verdict.tier else None,
        "reasons": [
            {"code": code.value, "message": message, "path": relative(path), "line": line}
            for (code, message), (path, line) in zip(verdict.reasons, verdict.places)
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "path": relative(finding.path),
        "line": finding.line,
        "column": finding.column,
        "code": finding.code.value,
        "message": finding.message,
        "class": finding.subject or None,
        "fixable": finding.fixable,
        "error": finding.is_error,
        "tier": finding.tier.value if finding.tier else None,
        "strategy": finding.strategy.value if finding.strategy else None,
        "differences": [code.value for code in finding.differences],
    }
