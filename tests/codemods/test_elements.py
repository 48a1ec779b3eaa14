"""What the containers of a program hold, as far as everything that is done with them is known."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.analyse.usage.outside import outside_uses
from asyncore_codemods.index import build_index

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import asyncore


class Guest:
    pass


class House:
    rooms = None

    def __init__(self):
        self.guests = {made}

    def let_in(self, key, other):
        guest = Guest()
        {put}

    def look(self, key, other):
        {look}
"""


def receivers(path: Path, look: str, put: str = "self.guests.append(guest)", made: str = "[]") -> object:
    """Return the classes of that of which `name` is asked in look()."""
    text = PROGRAM.format(
        made=made, put=textwrap.indent(put, " " * 8).strip(), look=textwrap.indent(look, " " * 8).strip()
    )
    ast.parse(text)
    (path / "program.py").write_text(text)
    project = build_index([path])
    (use,) = [use for use in outside_uses(project, list(project.modules.values())) if use.name == "name"]
    return None if use.receivers is None else sorted(name.rpartition(".")[2] for name in use.receivers)


@pytest.mark.parametrize(
    "look",
    [
        "for one in self.guests:\n    one.name = key",
        "for one in list(self.guests):\n    one.name = key",
        "for one in self.guests[:]:\n    one.name = key",
        "for one in self.guests.copy():\n    one.name = key",
        "print([one.name for one in self.guests if one is not other])",
        "self.guests[-1].name = key",
        "one = self.guests.pop()\none.name = key",
        "self.guests = [one for one in self.guests if one.name]",
        "del self.guests[0]\nif self.guests and other:\n    self.guests[0].name = key",
        "while not (self.guests or other):\n    self.guests[0].name = key",
    ],
)
def test_elements_are_known(tmp_path: Path, look: str) -> None:
    assert receivers(tmp_path, look) == ["Guest"]


@pytest.mark.parametrize(
    "look",
    [
        "for one in self.guests.values():\n    one.name = key",
        "for key, one in self.guests.items():\n    one.name = key",
        "for key, one in list(self.guests.items()):\n    one.name = key",
        "self.guests[key].name",
        "self.guests.get(key).name",
        "self.guests.pop(key, None).name",
        "self.guests.setdefault(key, Guest()).name",
    ],
)
@pytest.mark.parametrize("put", ["self.guests[key] = guest", "self.guests.setdefault(key, Guest())"])
def test_so_are_the_values_of_mappings(tmp_path: Path, look: str, put: str) -> None:
    assert receivers(tmp_path, look, put, "{}") == ["Guest"]


@pytest.mark.parametrize(
    "look",
    [
        "for one in self.guests:\n    one.name = key",  # the keys
        "for one in self.guests.items():\n    one.name = key",
        "for one, two in self.guests.items():\n    one.name = key",
        "self.guests.get(key, other).name",
        "self.guests.setdefault(key, other).name",
    ],
)
def test_keys_are_not(tmp_path: Path, look: str) -> None:
    assert receivers(tmp_path, look, "self.guests[key] = guest", "{}") is None


@pytest.mark.parametrize(
    ("put", "made"),
    [
        ("self.guests.append(other)", "[]"),
        ("self.guests.append(guest)\nself.guests.append(other)", "[]"),
        ("self.guests.append(guest)\nself.guests.extend(other)", "[]"),
        ("self.guests.append(guest)\nself.guests += other", "[]"),
        ("self.guests.append(guest)\nself.guests[:] = other", "[]"),
        ("self.guests.append(guest)\nself.guests = other", "[]"),
        ("self.guests.append(guest)\nself.rooms = self.guests", "[]"),
        ("self.guests.append(guest)\nself.rooms = self.guests or key", "[]"),
        ("self.guests.append(guest)\nkey.fill(self.guests)", "[]"),
        ("self.guests.append(guest)\nadd = self.guests.append", "[]"),
        ("self.guests.append(guest)", "[1]"),
        ("self.guests.append(guest)", "list(Guest())"),
        ("print(guest)", "[]"),
    ],
)
def test_what_is_filled_unseen_is_not(tmp_path: Path, put: str, made: str) -> None:
    assert receivers(tmp_path, "for one in self.guests:\n    one.name = key", put, made) is None
