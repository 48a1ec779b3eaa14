"""Walks over everything in asyncore's map: what rewritten classes have to answer, listeners as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

WALK = """
def tell(line):
    for one in list(asyncore.socket_map.values()):
        {told}
"""
TELLS = "self.data = []\ntell(b'%d')"
HEARS = {
    "methods": "def hear(self, line):\n    self.push(line)\n",
    "server_methods": "def hear(self, line):\n    print(line)\n",
}


@pytest.mark.parametrize(
    "parts",
    [
        {"found": "self.data = []\nself.push(b'%d' % len(asyncore.socket_map))"},
        {"found": TELLS, "imports": WALK.format(told="one.hear(line)"), **HEARS},
    ],
)
def test_a_listener_that_nobody_closes_is_open(tree: Tree, parts: dict[str, str]) -> None:
    tree.write("main.py", program(**parts))
    new = run([tree.root], Options()).changed[0].new.decode()
    assert "return [one for one in cls.servers if one.socket.fileno() >= 0]" in new


@pytest.mark.parametrize("told", ["if one.connected:\n            one.hear(line)", "one.handle_close()"])
def test_a_listener_has_no_more_to_say_than_its_class(tree: Tree, told: str) -> None:
    tree.write("main.py", program(found=TELLS, imports=WALK.format(told=told), **HEARS))
    assert "STREAMS" not in {finding.code.value for finding in run([tree.root], Options()).findings}
