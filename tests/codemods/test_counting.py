"""recv() and send() of the author's own: what does more than count, or fill a buffer, stays on the bridge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from case_files import fix

if TYPE_CHECKING:
    from conftest import Tree

CUSTOMS = (Path(__file__).parents[1] / "cases" / "customs" / "before" / "main.py").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("self.came += len(cargo)", "self.came += 1"),
        ("self.came += len(cargo)", "print(len(cargo))"),
        ("self.came += len(cargo)", "cargo = cargo.upper()"),
        ("return cargo", "return cargo.upper()"),
        ("with_send.recv(self, buffer_size)", "with_send.recv(self, 1)"),
        ("self.went += len(data)", "data = data.upper()"),
        ("self.went += len(data)", "if not data:\n            return"),
        ("dispatcher_with_send.send(self, data)", "dispatcher_with_send.send(self, data[:10])"),
        ("self.queue.append(parcel)", "self.queue.append(parcel.upper())"),
        ("self.queue.append(parcel)", "print(parcel)\n        self.queue.append(parcel)"),
        ("sent = asyncore.dispatcher.send(self, parcel)", "sent = self.send(parcel)"),
        ("sent = asyncore.dispatcher.send(self, parcel)", "sent = super(Queue, self).send(parcel)"),
    ],
)
def test_what_does_more(tree: Tree, old: str, new: str) -> None:
    assert old in CUSTOMS
    path = tree.write("main.py", CUSTOMS.replace(old, new, 1))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()


def test_super_is_asyncore_where_nobody_stands_between(tree: Tree) -> None:
    plain = tree.write(
        "plain.py", CUSTOMS.replace("asyncore.dispatcher.send(self, parcel)", "super().send(parcel)")
    )
    between = (
        "class Slow(asyncore.dispatcher):\n    def send(self, data):\n        return 0\n\n\nclass Queue(Slow):"
    )
    text = plain.read_text().replace("class Queue(asyncore.dispatcher):", between)
    stays = tree.write("stays.py", text)
    fix(tree.root)
    assert "asyncore" not in plain.read_text()
    assert "from asyncore_bridge import asyncore" in stays.read_text()


def test_names_need_not_be_the_same(tree: Tree) -> None:
    before, recv, behind = CUSTOMS.partition("    def recv(self, buffer_size):\n")
    body, returned, rest = behind.partition("        return cargo\n")
    path = tree.write(
        "main.py", before + recv.replace("self", "this") + body.replace("self", "this") + returned + rest
    )
    fix(tree.root)
    assert "self.office.weighed += len(data)" in path.read_text()
