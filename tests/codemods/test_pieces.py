"""Frames are handed over whole only where nobody can tell in how many pieces they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

JOINED = (
    "line = b''.join(self.data)\nself.data = []\nself.push(line)",
    "if not self.data:\n    return\nself.push(b''.join(self.data))\nself.data.clear()",
    "parts, self.data = self.data, []\nif parts:\n    self.push(b''.join(parts))",
    "parts = self.data\nself.push(b''.join(parts))\ndel self.data[:]",
)
COUNTED = (
    "self.push(b'%d' % len(self.data))\nself.data = []",
    "self.push(self.data[0])\nself.data = []",
    "self.push(b'-'.join(self.data))\nself.data = []",
    "for piece in self.data:\n    self.push(piece + b'|')\nself.data = []",
    "parts, self.data = self.data, []\nself.push(parts[-1])",
    "self.push(self.data.pop())",
)


def rewritten(tree: Tree, **parts: str) -> str:
    return run([tree.write("main.py", program(**parts))]).changed[0].new.decode()


@pytest.mark.parametrize("found", JOINED)
def test_what_is_only_joined_comes_whole(tree: Tree, found: str) -> None:
    assert "read_until" in rewritten(tree, found=found)


@pytest.mark.parametrize("found", COUNTED)
def test_what_is_looked_at_comes_in_pieces(tree: Tree, found: str) -> None:
    assert "read_piece" in rewritten(tree, found=found)


def test_what_is_added_twice_comes_in_pieces(tree: Tree) -> None:
    twice = "self.data.append(data)\nself.data.append(data)"
    branches = "if self.addr:\n    self.data.append(data)\nelse:\n    self.data.append(data)"
    assert "read_piece" in rewritten(tree, collect=twice)
    assert "read_until" in rewritten(tree, collect=branches)


def test_pieces_of_a_size_that_only_some_sessions_have(tree: Tree) -> None:
    collect = "self.data.append(data)\nif len(self.data) > 3:\n    self.push(b'much')"
    init = 'self.set_terminator(b"\\n")\nself.ac_in_buffer_size = 512'
    tree.write("main.py", program(init=init, collect=collect))
    messages = [finding.message for finding in run([tree.root], Options()).findings]
    assert any("handles what comes in pieces, and sets ac_in_buffer_size" in message for message in messages)
