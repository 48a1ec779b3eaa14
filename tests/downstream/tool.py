"""What ``asyncore-migrate`` says of a project, asked as a user would ask it: as a command, with a time limit."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIMIT = 600.0  # seconds that one command may take


@dataclass
class Run:
    """One run of the command."""

    code: int
    seconds: float
    out: str
    err: str

    @property
    def crashed(self) -> str:
        """What went wrong inside the tool, or nothing: exit codes above 2, tracebacks and internal errors."""
        if self.code not in (0, 1, 2):
            return f"exit code {self.code}"
        for line in (self.err + "\n" + self.out).splitlines():
            if line.startswith("Traceback") or "cannot be dealt with" in line:
                return line.strip()
        return ""


@dataclass
class Judged:
    """A class as the tool sees it."""

    path: Path
    line: int
    name: str
    strategy: str
    tier: str | None
    codes: list[str] = field(default_factory=list)


def judge(folder: Path) -> tuple[list[Judged], Run]:
    """Return every class that the tool finds in *folder*, with what it would make of it, `--unsafe` included."""
    run = migrate("report", "--unsafe", "--format", "json", folder)
    try:
        found = json.loads(run.out)["classes"]
    except (ValueError, KeyError):
        return [], run
    return [_judged(entry) for entry in found if entry["root"]], run  # without producers


def _judged(entry: dict[str, Any]) -> Judged:
    codes = sorted({reason["code"] for reason in entry["reasons"]})
    return Judged(Path(entry["path"]), entry["line"], entry["name"], entry["strategy"], entry["tier"], codes)


def migrate(*arguments: str | Path) -> Run:
    """Run the command and return what it did. A run over the time limit ends with code 124, as `timeout` has it."""
    command = [sys.executable, "-m", "asyncore_codemods", *map(str, arguments)]
    start = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return Run(124, time.perf_counter() - start, "", f"took more than {LIMIT:.0f} s")
    return Run(done.returncode, time.perf_counter() - start, done.stdout, done.stderr)
