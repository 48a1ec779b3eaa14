"""Projects as they are, on the stdlib's modules and on the bridge: their own tests, with the counts side by side.

CPython's three test modules are read from an installed Python 3.11, the last that had them; projects are fetched
as ``projects.toml`` pins them.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .projects import Project, Suite
from .suites import Result, run_suite

if TYPE_CHECKING:
    from collections.abc import Iterator

    Columns = dict[str, Result]

CPYTHON = ("test_asyncore", "test_asynchat", "test_smtpd")
HERE = Path(__file__).resolve().parent

_LOAD = """
import importlib.util, sys, unittest
spec = importlib.util.spec_from_file_location("test." + {name!r}, {path!r})
module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
unittest.main(module, argv=["test"])
"""


def cpython(old: str, work: Path) -> Iterator[tuple[Project, Path]]:
    """Yield CPython's own tests of each module, as projects; *old* is the Python that has them.

    They can be run where *work* is, which is made.
    """
    asked = [old, "-W", "ignore", "-c", "import test, platform; print(platform.python_version(), test.__path__[0])"]
    version, folder = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip().split(" ", 1)
    for name in CPYTHON:
        home = work / f"cpython-{version}-{name}"
        home.mkdir(parents=True, exist_ok=True)
        program = home / "run.py"
        program.write_text(_LOAD.format(name=name, path=str(Path(folder) / f"{name}.py")), "utf-8")
        yield Project(f"CPython {name}", version, "", "", Suite([], ["run.py"])), home


def run(project: Project, folder: Path, old: str, new: str, cache: Path) -> Columns:
    """Run the suite of *project* with the stdlib's modules on *old*, and with the bridge's on both Pythons."""
    return {
        "stdlib": run_suite(project, folder, old, cache),
        "bridge": run_suite(project, folder, old, cache, on_bridge=True),
        "bridge, new": run_suite(project, folder, new, cache, on_bridge=True),
    }


def complaints(project: Project, columns: Columns) -> Iterator[str]:
    """Yield what is not the same on the bridge, unless the project is known to have reasons of its own."""
    assert project.suite is not None
    stdlib = columns["stdlib"]
    if not stdlib.ran:
        yield f"{project.label}: its suite does not run with the stdlib: {_last(stdlib)}"
        return
    for name, result in columns.items():
        explained = project.suite.new and name == "bridge, new" and result.failed == project.suite.new_failed
        if result.counts != stdlib.counts and not explained:
            yield f"{project.label}: {result} on the {name}, {stdlib} with the stdlib: {_last(result)}"


def unchanged_table(rows: dict[str, Columns], old: str, new: str) -> str:
    """Lay out the counts of every suite."""
    lines = [
        f"| suite | stdlib, {old} | bridge, {old} | bridge, {new} |",
        "| --- | --- | --- | --- |",
        *(f"| {label} | " + " | ".join(map(str, columns.values())) + " |" for label, columns in rows.items()),
    ]
    return "\n".join(lines)


def _last(result: Result) -> str:
    lines = result.output.strip().splitlines()
    return lines[-1] if lines else "no output"
