"""A baseline: how many findings of each code a file may have, so that CI only lets the count fall.

Counts are kept and not lines, because lines move with every edit. The file is JSON, sorted, to be committed.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncore_codemods.findings import Finding

_VERSION = 1


class BaselineError(Exception):
    """A baseline that cannot be read or written."""


@dataclass
class Comparison:
    """What a baseline makes of the findings of a run."""

    new: list[Finding] = field(default_factory=list)  # findings of which there are more than allowed
    known: int = 0  # findings that are allowed
    allowed: int = 0  # how many findings the baseline allows that are no longer there


def write_baseline(path: Path, findings: Iterable[Finding]) -> int:
    """Allow *findings* and no more; returns how many there are."""
    counts = _count(path, findings)
    files: dict[str, dict[str, int]] = {}
    for (file, code), number in sorted(counts.items()):
        files.setdefault(file, {})[code] = number
    text = json.dumps({"version": _VERSION, "findings": files}, indent=2, ensure_ascii=False) + "\n"
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, "utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise BaselineError(f"{path}: cannot be written: {error.strerror or error}.") from error
    return sum(counts.values())


def compare(path: Path, findings: Iterable[Finding], searched: Iterable[str] | None = None) -> Comparison:
    """Return what in *findings* the baseline at *path* does not allow.

    Where a file has more findings of one code than allowed all of them are new, since nobody can tell which is.
    """
    allowed = _read(path)
    findings = list(findings)
    counts = _count(path, findings)
    result = Comparison()
    for finding in findings:
        key = _key(path, finding)
        if counts[key] > allowed.get(key, 0):
            result.new.append(finding)
        else:
            result.known += 1
    looked_at = None if searched is None else {_relative(path, file) for file in searched}
    result.allowed = sum(
        max(number - counts[key], 0)
        for key, number in allowed.items()
        if looked_at is None or key[0] in looked_at or not (path.parent / key[0]).exists()
    )
    return result


def _read(path: Path) -> dict[tuple[str, str], int]:
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["version"] != _VERSION:
            raise BaselineError(f"{path}: is a baseline of version {data['version']}, and not {_VERSION}.")
        return {
            (file, code): int(number) for file, codes in data["findings"].items() for code, number in codes.items()
        }
    except FileNotFoundError as error:
        hint = "Make it with `asyncore-migrate check --write-baseline FILE PATHS`."
        raise BaselineError(f"there is no baseline {path}. {hint}") from error
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BaselineError(f"{path}: is not a baseline.") from error


def _count(path: Path, findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter(_key(path, finding) for finding in findings)


def _key(path: Path, finding: Finding) -> tuple[str, str]:
    return _relative(path, finding.path), finding.code.value


def _relative(baseline: Path, file: str) -> str:
    return Path(os.path.relpath(file, baseline.absolute().parent)).as_posix()
