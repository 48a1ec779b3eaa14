"""A rewritten file that is not fit to be written is not written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.analyse.families.hierarchies import build_hierarchy
from asyncore_codemods.index import build_index
from asyncore_codemods.plan.changes import FileChanges
from asyncore_codemods.spans import Span
from asyncore_codemods.verify import VerificationError, verify_bridged, verify_classes, verify_streams
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

OLD = "import asyncore\n\nx = 1\ny = 2\n"
CHANGES = FileChanges(statements={Span(3, 0, 3, 5): "x = 3"})


def test_good_results_pass() -> None:
    verify_streams(OLD, "import asyncio\n\nx = 3\ny = 2\n", "x.py", CHANGES)
    verify_bridged(OLD, "from asyncore_bridge import asyncore\n\nx = 1\ny = 2\n", "x.py")


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("import asyncio\n\nx = = 3\ny = 2\n", "does not compile"),
        ("import asyncore\n\nx = 3\ny = 2\n", "still imports asyncore"),
        ("from asyncore_bridge import asyncore\n\nx = 3\ny = 2\n", "still imports asyncore_bridge"),
        ("\n\nx = asyncore.loop\ny = 2\n", "still refers to asyncore in line 3"),
        ("import asyncio\n\nx = 3\ny = 7\n", "line 4 would change"),
        ("import asyncio\n\nx = z\ny = 2\n", "refer to z, which is nothing there"),
        ("import asyncio\n\nx = 3\n", "line 4 would change"),
    ],
)
def test_bad_results_do_not(new: str, words: str) -> None:
    with pytest.raises(VerificationError, match=words):
        verify_streams(OLD, new, "x.py", CHANGES)


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "len",
        "__file__",
        "asyncio",
        "[z for z in ()]",
        "lambda z: z",
        "(z := 2)",
        "(lambda: y)()",
        "print(asked)",
    ],
)
def test_names_may_be_from_anywhere(value: str) -> None:
    """From the module, from Python, and from nowhere, as they may have been before."""
    old = OLD + "print(asked)\n"
    verify_streams(old, f"import asyncio\n\nx = {value}\ny = 2\nprint(asked)\n", "x.py", CHANGES)


def test_a_file_may_end_within_a_line() -> None:
    """What has become the last line may have lost its end, and the last line may never have had one."""
    last = FileChanges(removed={Span(4, 0, 4, 5)})
    verify_streams(OLD[:-1], "import asyncio\n\nx = 1", "x.py", last)
    verify_streams(OLD[:-1], "import asyncio\n\nx = 3\ny = 2", "x.py", CHANGES)
    with pytest.raises(VerificationError, match="line 3 would change"):
        verify_streams(OLD[:-1], "import asyncio\n\nx = 2", "x.py", last)


def test_a_bridged_file_must_not_change_again() -> None:
    with pytest.raises(VerificationError, match="second run"):
        verify_bridged(OLD, OLD, "x.py")
    with pytest.raises(VerificationError, match="line 3 would change"):
        verify_bridged(OLD, "from asyncore_bridge import asyncore\n\nx = 0\ny = 2\n", "x.py")


def test_a_rewritten_class_must_not_use_what_it_inherited(tree: Tree) -> None:
    tree.write("main.py", program())
    project = build_index([tree.root])
    (session,) = [build_hierarchy(project, entry) for entry in project.classes.values() if entry.name == "Session"]
    path = str(session.top.module.path)
    good = (
        "class Session:\n    def close(self):\n        pass\n\n    def found(self, line):\n        self.close()\n"
    )
    verify_classes([session], {path: good})
    for left in ("self.recv(10)", "self.set_terminator(b'x')", "print(self.connected)"):
        with pytest.raises(VerificationError, match="Session would still use self"):
            verify_classes([session], {path: good.replace("self.close()", left)})
