"""The cases on disk: what a legacy program becomes, file by file, and what is said about it.

A case is a directory of tests/cases: `before/` is the program, `after/` what `fix` makes of it, `findings.txt` what
`check` says. `options.txt` holds the options of `fix`, if it has
any. With a `drives.py` it is also played by the oracle. UPDATE_CASES=1 writes `after/` and `findings.txt` anew, to
be read before they are committed.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import oracle
from asyncore_codemods.pipeline import Options, run
from asyncore_codemods.write import write_together
from oracle import Drive, Program

if TYPE_CHECKING:
    from asyncore_codemods.findings import Outcome

CASES = Path(__file__).resolve().parents[1] / "cases"
UPDATE = bool(os.environ.get("UPDATE_CASES"))


@dataclass(frozen=True)
class Case:
    """One case."""

    directory: Path

    @property
    def name(self) -> str:
        """What the case is called."""
        return self.directory.name

    @property
    def before(self) -> Path:
        """The program as it was."""
        return self.directory / "before"

    @property
    def after(self) -> Path:
        """The program as `fix` leaves it."""
        return self.directory / "after"

    @property
    def findings(self) -> Path:
        """What `check` says of it."""
        return self.directory / "findings.txt"

    @property
    def words(self) -> list[str]:
        """The options of `fix`, as they stand on a command line."""
        path = self.directory / "options.txt"
        return path.read_text("utf-8").split() if path.exists() else []

    @property
    def options(self) -> Options:
        """The same for the codemods."""
        return Options(unsafe="--unsafe" in self.words)

    @property
    def left_imports(self) -> frozenset[str]:
        """The old modules, and the bridge, as far as `after/` still imports them."""
        return oracle.legacy_imports(self.after)

    def program(self, drives_file: str = "drives.py") -> Program:
        """Return the program with its drives."""
        path = self.directory / drives_file
        spec = importlib.util.spec_from_file_location(f"case_drives_{self.name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        drives = {value.name: value for value in vars(module).values() if isinstance(value, Drive)}
        program = module.PROGRAM
        assert isinstance(program, Program)
        return replace(program, directory=self.before, name=self.name, drives=drives)


@dataclass(frozen=True)
class AfterFix(oracle.Mode):
    """What is in `after/`, which test_cases.py compares with what `fix` writes: nothing is rewritten to play it."""

    case: Case
    uvloop: bool = False

    def launch(self, program: Program) -> oracle.Launch:
        """Say how what stands for *program* is started."""
        announced = {name for name in oracle.TOLERANCES if name in self.case.findings.read_text("utf-8")}
        return oracle.Launch(
            (*oracle.interpreter(self.python, self.uvloop), str(program.at(self.case.after).script)),
            {} if program.plain else {"PYTHONPATH": str(oracle.BRIDGE)},
            rewritten=True,
            announced=frozenset(announced),
        )

    def __str__(self) -> str:
        return f"{super().__str__()}{' uvloop' * self.uvloop}"


def all_cases() -> list[Case]:
    """Return every case, by name."""
    return [Case(path.parent) for path in sorted(CASES.glob("*/before"))]


def driven_cases() -> list[Case]:
    """Return the cases that the oracle plays."""
    return [case for case in all_cases() if (case.directory / "drives.py").exists()]


def fix(directory: Path, options: Options | None = None) -> Outcome:
    """Do what `asyncore-migrate fix` does, in this process."""
    outcome = run([directory], options)
    for group in outcome.groups:
        write_together(group)
    return outcome


@functools.cache
def looked_at(directory: Path, options: Options) -> Outcome:
    """Do what `asyncore-migrate check .` does, and describe every class; programs under tests/ do not change.

    It looks at a copy: a program in this repository is part of a large project, which would be searched each time.
    """
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(directory, copy, dirs_exist_ok=True)
        os.chdir(copy)
        try:
            return run([Path()], replace(options, rewrite=False, inventory=True))
        finally:
            os.chdir(home)


def files(directory: Path) -> dict[str, bytes]:
    """Return every file below *directory*, by relative path."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def said(outcome: Outcome, directory: Path) -> str:
    """Return the findings as text, with paths relative to *directory*."""
    lines = []
    for finding in outcome.findings:
        path = Path(finding.path).resolve().relative_to(directory.resolve()).as_posix()
        mark = "[*] " if finding.fixable else ""
        subject = f"{finding.subject} " if finding.subject else ""
        place = f"{path}:{finding.line}:{finding.column}"
        lines.append(f"{place}: {finding.code.value} {mark}{subject}{finding.message}\n")
    return "".join(lines)


def replace_tree(target: Path, source: Path) -> None:
    """Make *target* a copy of *source*."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
