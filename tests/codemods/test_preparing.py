"""Methods that only constructors call, which give a session its buffer and its terminator, are as good as those."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

BEGIN = "def begin(self):\n    self.data = []\n    self.set_terminator({})\n"
CALLED = {"init": "self.begin()"}

BECOME = {
    "a method of its own": {**CALLED, "methods": BEGIN.format(r'b"\n"')},
    "a text of the class": {**CALLED, "methods": "end = '\\n'\n\n" + BEGIN.format("self.end.encode()")},
    "a text of the module": {
        **CALLED,
        "imports": "END = '\\r\\n'\n",
        "methods": BEGIN.format("END.encode('ascii')"),
    },
}
STAY = {
    "one that a handler calls, too": {
        **CALLED,
        "methods": BEGIN.format(r'b"\n"') + "\ndef handle(self):\n    self.begin()\n",
        "found": "line = b''.join(self.data)\nself.data = []\nself.push(line)\nself.handle()",
    },
    "one that others call": {
        **CALLED,
        "imports": "def again(session):\n    session.begin()\n",
        "methods": BEGIN.format(r'b"\n"'),
    },
    "one that is called at times": {"init": "if addr:\n    self.begin()", "methods": BEGIN.format(r'b"\n"')},
    "a text that is set": {
        **CALLED,
        "imports": "def use(session, end):\n    session.end = end\n",
        "methods": "end = '\\n'\n\n" + BEGIN.format("self.end.encode()"),
    },
    "an encoding that nobody knows": {
        **CALLED,
        "methods": "end = '\\n'\n\n" + BEGIN.format("self.end.encode('none-such')"),
    },
}


def rewritten(tree: Tree, parts: dict[str, str]) -> str:
    source = program(**parts).replace("        self.data = []\n", "", 1)  # the constructor's
    tree.write("main.py", source)
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return outcome.changed[0].new.decode()


@pytest.mark.parametrize("parts", BECOME.values(), ids=BECOME.keys())
def test_the_frame_becomes_an_argument(tree: Tree, parts: dict[str, str]) -> None:
    new = rewritten(tree, parts)
    assert "await read_until(" in new
    assert "collect_incoming_data" not in new
    assert "self.data = []" not in new


@pytest.mark.parametrize("parts", STAY.values(), ids=STAY.keys())
def test_what_may_run_at_another_time_is_kept(tree: Tree, parts: dict[str, str]) -> None:
    new = rewritten(tree, parts)
    assert "self.data = []" in new or "self.terminator = " in new or "asyncore_bridge" in new
