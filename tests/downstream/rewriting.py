"""What ``fix`` makes of each project: where every class ends, and whether the files still compile and import.

The independent scan reads the result, so that a class counts as plain asyncio only if nothing of the old API is
left among its bases. Files are compiled on the target Python. A module is imported before and after: what imported
with the old modules must import without them.
"""

from __future__ import annotations

import ast
import collections
import re
import shutil
import subprocess
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .independent import LEGACY, legacy_classes, scan
from .projects import sources
from .tool import migrate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .independent import Class

MODES = ("", "--unsafe")
ENDS = ("asyncio", "bridge", "refused")
BRIDGE = Path(__file__).resolve().parents[2] / "bridge"
PATIENCE = 20.0  # seconds for one import

_COMPILE = """
import sys
for path in sys.stdin.read().splitlines():
    try:
        compile(open(path, "rb").read(), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        print(f"{path}: {error}")
"""


@dataclass
class Rewritten:
    """One project after one way of fixing it."""

    label: str
    mode: str
    copy: Path
    ends: dict[Class, str]
    changed: list[str] = field(default_factory=list)
    imported: int = 0
    """How many of the changed modules could be imported before."""
    problems: list[str] = field(default_factory=list)


def rewrite(label: str, folder: Path, work: Path, mode: str, old: str, new: str) -> Rewritten:
    """Fix a copy of *folder* below *work* and look at it.

    *mode* is the options of `fix` as one string; *old* and *new* are the Pythons for the original and the result.
    """
    copy = work / label / (mode.strip("-") or "plain")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy, symlinks=True)
    before = legacy_classes(scan(folder))
    run = migrate("fix", *mode.split(), copy)
    (copy.parent / f"{copy.name}.log").write_text(run.out + run.err, "utf-8")
    result = Rewritten(label, mode, copy, _ends(before, folder, copy))
    if run.crashed:
        result.problems.append(f"fix {mode}: {run.crashed}")
    was = {path.relative_to(folder): path.read_bytes() for path in sources(folder)}
    result.changed = [str(name) for name, text in was.items() if (copy / name).read_bytes() != text]
    names = [name for name, text in was.items() if _parses(text)]
    hopeless = _uncompiled(folder, names, new)
    result.problems += [
        f"does not compile: {line}" for line in _uncompiled(copy, names, new) if line not in hopeless
    ]
    for name in result.changed:
        if _import(folder / name, folder, old) is None:
            result.imported += 1
            error = _import(copy / name, copy, new)
            if error and not _is_somebody_elses(error, copy):
                result.problems.append(f"{name} imported before, and now: {error}")
    fixed = {path: path.read_bytes() for path in sources(copy)}
    migrate("fix", *mode.split(), copy)
    result.problems += [f"a second fix changed {path}" for path, text in fixed.items() if path.read_bytes() != text]
    return result


def rewritten_table(rewritten: Iterable[Rewritten]) -> str:
    """Return where the classes of each project ended, as a Markdown table."""
    lines = ["| project | fix | files changed | " + " | ".join(ENDS) + " | imported before | problems |"]
    lines.append("| --- | --- |" + " --: |" * (len(ENDS) + 3))
    for project in rewritten:
        counts = collections.Counter(project.ends.values())
        figures = [len(project.changed), *(counts[end] for end in ENDS), project.imported, len(project.problems)]
        lines.append(f"| {project.label} | {project.mode or '(plain)'} | " + " | ".join(map(str, figures)) + " |")
    return "\n".join(lines)


def ends_table(rewritten: Iterable[Rewritten]) -> str:
    """Return where distinct classes ended, by kind and by mode, as a Markdown table."""
    counts: dict[tuple[str, str, str], collections.Counter[str]] = collections.defaultdict(collections.Counter)
    seen = set()
    for project in rewritten:
        for found, end in project.ends.items():
            if (project.mode, found.key) not in seen:
                seen.add((project.mode, found.key))
                counts[found.kind, found.group, project.mode or "(plain)"][end] += 1
    lines = ["| distinct classes | files | fix | " + " | ".join(ENDS) + " | asyncio |"]
    lines.append("| --- | --- | --- |" + " --: |" * (len(ENDS) + 1))
    for (kind, group, mode), ends in sorted(counts.items()):
        share = f"{100 * ends['asyncio'] / sum(ends.values()):.0f}%"
        lines.append(f"| {kind} | {group} | {mode} | " + " | ".join(str(ends[e]) for e in ENDS) + f" | {share} |")
    return "\n".join(lines)


def _ends(before: list[Class], folder: Path, copy: Path) -> dict[Class, str]:
    files = scan(copy)
    after = {(f.path.relative_to(copy), c.name, nth): c for f in files for nth, c in _counted(f.classes)}
    numbers = {c: nth for file in {c.file for c in before} for nth, c in _counted(file.classes)}
    ends = {}
    for found in before:
        now = after.get((found.file.path.relative_to(folder), found.name, numbers[found]))
        if not found.python3 and (now is None or not now.file.python3):
            ends[found] = "refused"
        elif now is None or not now.roots:
            ends[found] = "asyncio"
        else:
            ends[found] = "bridge" if now.on_bridge or any(p.on_bridge for p in _ancestors(now)) else "refused"
    return ends


def _counted(classes: list[Class]) -> Iterable[tuple[int, Class]]:
    seen: collections.Counter[str] = collections.Counter()
    for found in sorted(classes, key=lambda c: c.line):
        seen[found.name] += 1
        yield seen[found.name], found


def _ancestors(found: Class) -> Iterable[Class]:
    for parent in found.parents:
        yield parent
        yield from _ancestors(parent)


def _parses(text: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _uncompiled(copy: Path, names: list[Path], python: str) -> list[str]:
    paths = "\n".join(str(copy / name) for name in names)
    done = subprocess.run(
        [python, "-W", "ignore", "-c", _COMPILE], input=paths, capture_output=True, text=True, check=False
    )
    return [line.replace(f"{copy}/", "") for line in (done.stdout + done.stderr).splitlines()]


def _is_somebody_elses(error: str, copy: Path) -> bool:
    """Tell whether an import failed for want of a module that is neither the project's nor ours, such as imp."""
    found = re.search(r"No module named '(\w+)", error)
    missing = found[1] if found else ""
    ours = missing in LEGACY or missing in ("", "asyncore_bridge", "aiosmtpd")
    return not ours and not any(copy.rglob(f"{missing}.py")) and not any(copy.rglob(f"{missing}/__init__.py"))


def _import(path: Path, folder: Path, python: str) -> str | None:
    """Import a module as part of its package; return the last line of what went wrong, or None."""
    top = path.parent
    parts = [] if path.name == "__init__.py" else [path.stem]
    while (top / "__init__.py").exists() and top != folder:
        parts.insert(0, top.name)
        top = top.parent
    code = f"import sys; sys.path[:0] = [{str(top)!r}]; sys.path.append({str(BRIDGE)!r}); import {'.'.join(parts)}"
    if not all(part.isidentifier() for part in parts):
        return "not importable by name"
    try:
        done = subprocess.run(
            [python, "-I", "-B", "-W", "ignore", "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            cwd=top,
        )
    except subprocess.TimeoutExpired:
        return "did not end"
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["failed"])[-1]
