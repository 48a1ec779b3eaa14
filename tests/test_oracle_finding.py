"""Finding the oracle: every rung of the ladder, and the clear word where there is none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from oracle import finding, pythons
from oracle.finding import OracleMissing, OracleUnusable, look_for_oracle
from oracle.pythons import Python

if TYPE_CHECKING:
    from pathlib import Path

NEW = Python("/usr/bin/python3.13", (3, 13, 0), legacy=False, uvloop=False)
OLD = Python("/usr/bin/python3.10", (3, 10, 1), legacy=True, uvloop=False)
CRIPPLED = Python("/usr/bin/python3.11", (3, 11, 2), legacy=False, uvloop=False)


def nothing_installs(python: Python, directory: Path) -> None:
    pytest.fail(f"pip must not be asked to install into {directory} for {python}")


def test_the_running_interpreter_is_taken_where_it_has_the_modules():
    found = look_for_oracle({}, OLD, lambda minor: None, nothing_installs)
    assert (found.python, found.pythonpath) == (OLD, ())
    assert str(found) == "Python 3.10.1 (the running interpreter)"


def test_another_interpreter_is_taken_newest_first():
    asked = []

    def find(minor: tuple[int, int]) -> Python | None:
        asked.append(minor)
        return {(3, 11): CRIPPLED, (3, 10): OLD}.get(minor)

    found = look_for_oracle({}, NEW, find, nothing_installs)
    assert found.python == OLD
    assert asked == [(3, 11), (3, 10)]


def test_the_stand_ins_are_shown_to_the_oracle_alone(tmp_path):
    installed = []
    found = look_for_oracle(
        {}, NEW, lambda minor: None, lambda python, where: installed.append((python, where)), tmp_path / "oracle"
    )
    assert installed == [(NEW, tmp_path / "oracle")]
    assert (found.python, found.pythonpath) == (NEW, (str(tmp_path / "oracle"),))
    assert str(tmp_path / "oracle") not in sys.path


def test_the_variable_comes_first(monkeypatch):
    monkeypatch.setattr(pythons, "ask", {"/some/python": OLD}.get)
    found = look_for_oracle({"ASYNCORE_ORACLE_PYTHON": "/some/python"}, NEW, lambda minor: None, nothing_installs)
    assert found.python == OLD


@pytest.mark.parametrize("answer", [None, NEW])
def test_a_variable_that_names_nothing_usable_is_an_error_not_a_hint(monkeypatch, answer):
    monkeypatch.setattr(pythons, "ask", lambda executable: answer)
    with pytest.raises(OracleUnusable, match="ASYNCORE_ORACLE_PYTHON is '/no/python', which has no asyncore"):
        look_for_oracle({"ASYNCORE_ORACLE_PYTHON": "/no/python"}, OLD, lambda minor: OLD, nothing_installs)


def test_a_failing_pip_leaves_nothing_behind_and_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(finding, "STAND_INS", (str(tmp_path / "no-such-package"),))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(OracleMissing, match=r"no Python 3\.9-3\.11 was found \(set ASYNCORE_ORACLE_PYTHON"):
        finding.install_stand_ins(pythons.this_python(), tmp_path / "oracle")
    assert list(tmp_path.iterdir()) == []


def test_stand_ins_that_are_there_are_not_installed_again(tmp_path):
    (tmp_path / "oracle").mkdir()
    broken = Python("/no/python", (3, 13, 0), legacy=False, uvloop=False)
    finding.install_stand_ins(broken, tmp_path / "oracle")


def test_interpreters_are_asked_not_guessed(tmp_path):
    here = pythons.this_python()
    assert here.version == sys.version_info[:3]
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\necho no such version >&2\nexit 127\n")
    shim.chmod(0o755)
    assert pythons.ask(str(shim)) is None
    assert pythons.ask(str(tmp_path / "missing")) is None


def test_what_is_available_is_listed_oldest_first():
    found = pythons.available()
    assert list(found) == sorted(found)
    assert all(python.minor == minor for minor, python in found.items())


def test_variables_of_this_session_do_not_reach_a_program(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("LANG", "C")
    environment = pythons.clean_environment()
    assert "PYTHONPATH" not in environment
    assert environment["LANG"] == "C"
