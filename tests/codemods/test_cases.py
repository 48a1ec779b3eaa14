"""Cases on disk: golden results, which are stable, compile for 3.9, and are as tidy as their source was."""

from __future__ import annotations

import ast
import collections
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from case_files import UPDATE, Case, all_cases, files, fix, replace_tree, said

from asyncore_codemods.pipeline import run
from asyncore_codemods.printer import HELPERS, helper_name

CASES = [pytest.param(case, id=case.name) for case in all_cases()]
OLD_MODULES = {"asyncore", "asynchat", "smtpd"}
HELPER_NAMES = {helper_name(name) for name in HELPERS} | {"Tasks"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "program"


@pytest.mark.parametrize("case", CASES)
def test_becomes_what_is_on_disk(case: Case, copy: Path) -> None:
    shutil.copytree(case.before, copy)
    checked = run([copy], replace(case.options, rewrite=False))
    outcome = fix(copy, case.options)
    assert (checked.findings, checked.classes) == (outcome.findings, outcome.classes)
    findings = said(outcome, copy)
    if UPDATE:
        replace_tree(case.after, copy)
        case.findings.write_text(findings, "utf-8")
    assert files(copy) == files(case.after)
    assert findings == case.findings.read_text("utf-8")


@pytest.mark.parametrize("case", CASES)
def test_a_second_run_changes_nothing(case: Case, copy: Path) -> None:
    shutil.copytree(case.after, copy)
    outcome = fix(copy, case.options)
    assert not outcome.changed
    assert not outcome.errors
    assert files(copy) == files(case.after)


@pytest.mark.parametrize("case", CASES)
def test_no_file_called_done_refers_to_a_removed_module(case: Case) -> None:
    for path in case.after.rglob("*.py"):
        tree = ast.parse(path.read_bytes())
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            assert not OLD_MODULES & {name.split(".")[0] for name in names}, path


@pytest.mark.parametrize("case", CASES)
def test_compiles_for_the_oldest_python(case: Case) -> None:
    for path in case.after.rglob("*.py"):
        ast.parse(path.read_bytes(), feature_version=(3, 9))


@pytest.mark.parametrize("case", CASES)
def test_helpers_are_few(case: Case) -> None:
    """At most 40 lines of a project are functions that stand for what the old modules did."""
    sources = [path.read_text("utf-8") for path in case.after.rglob("*.py")]
    lines = [
        line
        for source in sources
        for node in ast.parse(source).body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name in HELPER_NAMES
        for line in (ast.get_source_segment(source, node) or "").splitlines()
        if line.strip()
    ]
    assert len(lines) <= 40


@pytest.mark.skipif(
    shutil.which("ruff", path=str(Path(sys.executable).parent)) is None, reason="ruff is not installed"
)
def test_is_as_tidy_as_its_source() -> None:
    """Ruff's default rules find nothing in a result that they did not find in its source."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    command = [ruff, "check", "--isolated", "--no-cache", "--output-format=json", "--target-version=py39"]
    roots = [str(path) for case in all_cases() for path in (case.before, case.after)]
    report = json.loads(subprocess.run([*command, *roots], capture_output=True, text=True, check=False).stdout)
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for row in report:
        counts[row["filename"]][row["code"]] += 1
    for path, found in counts.items():
        if b"asyncore_bridge" in Path(path).read_bytes():
            del found["I001"]  # an import that moves to the bridge stays where it stands
    worse = {
        path: counts[path] - counts[path.replace("/after/", "/before/")]
        for path in list(counts)
        if "/after/" in path
    }
    assert not {path: more for path, more in worse.items() if more}
