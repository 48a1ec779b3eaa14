"""A handle_close() that does what it does once, and those of which it is not certain that they ever close."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

INIT = 'self.set_terminator(b"\\n")\n'
KNOWN = INIT + "people.append(self)"
LISTED = "def handle_close(self):\n    if self in people:\n        people.remove(self)\n        self.close()\n"
UNLISTED = (
    "def handle_close(self):\n    if self not in people:\n        return\n    people.remove(self)\n    self.close()"
)
FLAGGED = "def handle_close(self):\n    if self.is_open:\n        self.is_open = False\n        self.close()\n"
EARLY = "def handle_close(self):\n    if self.gone:\n        return\n    self.gone = True\n    self.close()\n"

BECOME = {
    "in a list": {"init": KNOWN, "methods": LISTED},
    "in a list that is walked through": {
        "init": KNOWN,
        "methods": LISTED,
        "found": "for one in people[:]:\n    one.push(b'%d' % len(people))",
    },
    "a flag": {"init": INIT + "self.is_open = True", "methods": FLAGGED},
    "a flag of the class": {"methods": "is_open = True\n\n" + FLAGGED},
    "a flag that is asked first": {"init": INIT + "self.gone = False", "methods": EARLY},
    "not in a list": {"init": KNOWN, "methods": UNLISTED},
}
STAY = {
    "nobody puts it there": {"methods": LISTED},
    "others take it away": {"init": KNOWN, "methods": LISTED, "found": "people.remove(self)"},
    "others empty the list": {"init": KNOWN, "methods": LISTED, "found": "del people[:]"},
    "it is handed on": {"init": KNOWN, "methods": LISTED, "found": "shuffle(people)"},
    "it is put there later": {"methods": LISTED, "found": "people.append(self)"},
    "it stays there": {"init": KNOWN, "methods": LISTED.replace("        people.remove(self)\n", "")},
    "the flag is set by others": {
        "init": INIT + "self.is_open = True",
        "methods": FLAGGED,
        "found": "self.is_open = False",
    },
    "the flag is not set at first": {"init": INIT + "self.is_open = False", "methods": FLAGGED},
    "the flag is no constant": {"init": INIT + "self.is_open = bool(1)", "methods": FLAGGED},
    "asyncore's own flag": {"methods": FLAGGED.replace("is_open", "connected")},
}


def codes(tree: Tree, parts: dict[str, str]) -> set[str]:
    tree.write("main.py", program(**{"imports": "people = []", **parts}))
    return {finding.code.value for finding in run([tree.root], Options()).findings}


@pytest.mark.parametrize("parts", BECOME.values(), ids=BECOME.keys())
def test_closes_the_first_time(tree: Tree, parts: dict[str, str]) -> None:
    found = codes(tree, parts)
    assert "STREAMS" in found and "HANDLE-CLOSE" not in found


@pytest.mark.parametrize("parts", STAY.values(), ids=STAY.keys())
def test_may_not_close(tree: Tree, parts: dict[str, str]) -> None:
    assert "HANDLE-CLOSE" in codes(tree, parts)
