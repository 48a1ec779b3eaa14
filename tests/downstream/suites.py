"""Run a project's own tests on one Python, with what they need in a virtual environment of their own."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .projects import HERE, top
from .rewriting import BRIDGE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .projects import Project, Suite

CHILD = str(HERE / "child.py")
LIMIT = 600.0  # seconds that one suite may take


@dataclass
class Result:
    """How a suite went."""

    passed: int
    failed: int
    output: str
    skipped: int = 0

    @property
    def ran(self) -> bool:
        """Whether there was any test."""
        return bool(self.passed or self.failed)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Passed, failed, skipped."""
        return self.passed, self.failed, self.skipped

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}" if self.ran else "did not run"


def run_suite(
    project: Project,
    folder: Path,
    python: str,
    cache: Path,
    *,
    path: Iterable[Path] = (),
    needs: Iterable[str] = (),
    on_bridge: bool = False,
) -> Result:
    """Run the suite of *project*, unpacked or rewritten in *folder*, on *python*.

    With *on_bridge* the old modules, and the project's own copies of them, are the bridge's. *path* is put at the
    end of the module search path; *needs* is installed beside what the suite asks for.
    Raises subprocess.CalledProcessError if that cannot be installed.
    """
    assert project.suite is not None
    interpreter = _environment(project, project.suite, python, cache, list(needs))
    child = [CHILD, json.dumps(project.suite.copies)] if on_bridge else []
    search = os.pathsep.join(map(str, [top(folder), *path, *([BRIDGE] if on_bridge else [])]))
    try:
        done = subprocess.run(
            [interpreter, "-W", "ignore", *child, *project.suite.command],
            cwd=top(folder),
            env=os.environ | {"PYTHONPATH": search, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(0, 0, f"took more than {LIMIT:.0f} s")
    return _count(done.stdout + done.stderr)


def _environment(project: Project, suite: Suite, python: str, cache: Path, needs: list[str]) -> str:
    version = subprocess.run(
        [python, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    home = cache / "environments" / f"{project.label}-{version}{'+' if needs else ''}"
    interpreter = home / "bin" / "python"
    wanted = [*suite.needs, *needs]
    ready = home / "ready"
    if not ready.exists() or ready.read_text("utf-8") != "\n".join(wanted):
        subprocess.run([python, "-m", "venv", "--clear", home], check=True)
        if wanted:
            subprocess.run([interpreter, "-m", "pip", "install", "-q", *wanted], check=True, capture_output=True)
        ready.write_text("\n".join(wanted), "utf-8")
    return str(interpreter)


def _count(output: str) -> Result:
    """Read the closing lines of pytest or unittest."""
    found = re.findall(r"(\d+) (passed|failed|errors?|skipped)\b", output.splitlines()[-1] if output else "")
    if found:
        counts = {what.rstrip("s"): int(number) for number, what in found}
        bad = counts.get("failed", 0) + counts.get("error", 0)
        return Result(counts.get("passed", 0), bad, output, counts.get("skipped", 0))
    ran = re.findall(r"^Ran (\d+) tests? in", output, re.MULTILINE)
    if not ran:
        return Result(0, 0, output)
    bad = sum(int(number) for number in re.findall(r"(?:failures|errors|unexpected successes)=(\d+)", output))
    skipped = sum(int(number) for number in re.findall(r"skipped=(\d+)", output))
    return Result(int(ran[-1]) - bad - skipped, bad, output, skipped)
