"""What the tools find in each project, beside what an independent scan finds in the same files."""

from __future__ import annotations

import collections
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .independent import legacy_classes, scan
from .tool import judge, migrate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .independent import Class
    from .tool import Judged

STRATEGIES = ("streams", "datagram", "smtp", "bridge", "refused")


@dataclass
class Surveyed:
    """One project: the independent scan, the tool's word, and where the two differ."""

    label: str
    files: int
    python2: int
    scanned: list[Class]
    judged: list[Judged]
    seconds: float
    crashes: list[str] = field(default_factory=list)
    missed: list[Class] = field(default_factory=list)
    """In files that Python 3 parses; what the others hold is seen only after they are converted."""
    extra: list[Judged] = field(default_factory=list)

    @property
    def unconverted(self) -> int:
        """How many classes lie in files that only Python 2 parses."""
        return sum(not found.python3 for found in self.scanned)

    @property
    def strategies(self) -> collections.Counter[str]:
        """How many classes would end in which way."""
        return collections.Counter(found.strategy for found in self.judged)

    @property
    def codes(self) -> collections.Counter[str]:
        """For how many classes each reason is given."""
        return collections.Counter(code for found in self.judged for code in found.codes)


def survey(label: str, folder: Path) -> Surveyed:
    """Look at one unpacked project."""
    files = scan(folder)
    scanned = legacy_classes(files)
    check = migrate("check", folder)
    judged, judging = judge(folder)
    result = Surveyed(
        label,
        len(files),
        sum(not file.python3 for file in files),
        scanned,
        judged,
        check.seconds,
        [run.crashed for run in (check, judging) if run.crashed] or ([] if judging.out else [judging.err.strip()]),
    )
    seen = {(found.path.resolve(), found.line) for found in judged}
    known = {(found.file.path.resolve(), found.line) for found in scanned}
    result.missed = [c for c in scanned if c.python3 and (c.file.path.resolve(), c.line) not in seen]
    result.extra = [c for c in judged if (c.path.resolve(), c.line) not in known]
    return result


def table(surveyed: Iterable[Surveyed]) -> str:
    """Return the figures as a Markdown table, with the sums below."""
    head = ["project", "files", "py2", "classes", "in py2", "missed", *STRATEGIES, "s", "reasons (classes)"]
    rows = [
        [s.label, s.files, s.python2, len(s.scanned), s.unconverted, len(s.missed)]
        + [s.strategies[name] for name in STRATEGIES]
        + [f"{s.seconds:.1f}", ", ".join(f"{code} {n}" for code, n in s.codes.most_common(6))]
        for s in surveyed
    ]
    rows.append(["**sum**", *[sum(row[i] for row in rows) for i in range(1, 6 + len(STRATEGIES))], "", ""])
    lines = [head, ["---", *["--:"] * (6 + len(STRATEGIES)), "---"], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def complaints(surveyed: Surveyed) -> list[str]:
    """Return what went wrong with a project: crashes, classes that were missed, classes that are none."""
    said = [f"{surveyed.label}: {crash}" for crash in surveyed.crashes]
    said += [f"{surveyed.label}: missed {c.name} ({c.file.path}:{c.line})" for c in surveyed.missed]
    said += [f"{surveyed.label}: only the tool sees {c.name} ({c.path}:{c.line})" for c in surveyed.extra]
    return said


def distinct(surveyed: Iterable[Surveyed]) -> str:
    """Return how many distinct classes of each kind end in which way, text mode apart."""
    counts: dict[tuple[str, str], collections.Counter[str]] = collections.defaultdict(collections.Counter)
    seen = set()
    for project in surveyed:
        strategy = {(found.path.resolve(), found.line): found.strategy for found in project.judged}
        for found in project.scanned:
            if found.key in seen:
                continue
            seen.add(found.key)
            end = strategy.get(
                (found.file.path.resolve(), found.line), "refused" if not found.python3 else "missed"
            )
            counts[found.kind, found.group][end] += 1
    lines = ["| distinct classes | files | " + " | ".join((*STRATEGIES, "missed", "sum")) + " |"]
    lines.append("| --- | --- |" + " --: |" * (len(STRATEGIES) + 2))
    for (kind, group), ends in sorted(counts.items()):
        numbers = [ends[name] for name in (*STRATEGIES, "missed")]
        lines.append(f"| {kind} | {group} | " + " | ".join(map(str, [*numbers, sum(numbers)])) + " |")
    return "\n".join(lines)
