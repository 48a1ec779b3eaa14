"""Loops that use poll(), which calls handle_close() a second time at a reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

PRINTS = "    def handle_close(self):\n        print('left')\n        self.close()\n"
TAKES = "    def handle_close(self):\n        people.remove(self)\n        self.close()\n"
CLOSES = "    def handle_close(self):\n        self.data = []\n        people.discard(self)\n        self.close()\n"


@pytest.mark.parametrize(
    ("loop", "methods", "differs"),
    [
        ("asyncore.loop(use_poll=True)", PRINTS, True),
        ("asyncore.loop(30, POLLS)", PRINTS, True),
        ("asyncore.loop(use_poll=True)", TAKES, True),
        ("asyncore.loop(30, False)", PRINTS, False),
        ("asyncore.loop(use_poll=True)", CLOSES, False),
        ("asyncore.loop(use_poll=True)", "", False),
    ],
)
def test_it_is_said_where_that_is_noticed(tree: Tree, loop: str, methods: str, *, differs: bool) -> None:
    source = program(
        imports="import select\nPOLLS = hasattr(select, 'poll')\npeople = set()",
        init='self.set_terminator(b"\\r\\n")\npeople.add(self)',
        methods=methods,
        main=f"Server(int(sys.argv[1]))\n{loop}",
    )
    tree.write("main.py", source)
    (finding,) = [one for one in run([tree.root]).findings if one.subject == "Session"]
    assert finding.fixable
    assert ("ONCE" in finding.message) is differs
