"""What a constructor is given, as far as every call of its class is known."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.analyse.families.constructions import argument_of, constructions
from asyncore_codemods.index import build_index

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
class Desk:
    def __init__(self, house, number=0, *, name="desk"):
        self.house = house


class House:
    def open(self):
        self.desk = Desk(self, 1, name="front")
        {more}
"""


def given(path: Path, more: str, parameter: str) -> list[str] | None:
    (path / "program.py").write_text(textwrap.dedent(PROGRAM).format(more=more) + "\nimport asyncore\n")
    project = build_index([path])
    entry = next(entry for entry in project.classes.values() if entry.name == "Desk")
    made = constructions(project).of(entry)
    function = entry.node.body[0]
    assert isinstance(function, ast.FunctionDef)
    if made is None:
        return None
    values = [argument_of(one, function, parameter) for one in made]
    return [ast.unparse(value) if value is not None else "?" for value in values]


@pytest.mark.parametrize(
    ("parameter", "values"), [("house", ["self", "self"]), ("number", ["1", "0"]), ("name", ["'front'", "'desk'"])]
)
def test_every_call(tmp_path: Path, parameter: str, values: list[str]) -> None:
    assert given(tmp_path, "self.other = Desk(house=self)", parameter) == values


def test_starred_arguments(tmp_path: Path) -> None:
    assert given(tmp_path, "Desk(*self.all)", "house") == ["self", "?"]


@pytest.mark.parametrize(
    "more",
    ["self.kind = Desk", "make(Desk)", "class Low(Desk):\n            def __init__(self):\n                pass"],
)
def test_there_may_be_more(tmp_path: Path, more: str) -> None:
    assert given(tmp_path, more, "house") is None


def test_asking_is_no_call(tmp_path: Path) -> None:
    assert given(tmp_path, "print(isinstance(self, Desk))", "house") == ["self"]
