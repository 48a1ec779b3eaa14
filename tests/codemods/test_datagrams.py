"""Rewritten datagram sockets, beside what authors have named themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run

if TYPE_CHECKING:
    from conftest import Tree


SOURCE = """\
import asyncore
import socket


class Receiver(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.finished = []
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("", port))

    def writable(self):
        return False

    def handle_read(self):
        data, addr = self.socket.recvfrom(512)
        self.finished.append(data)


Receiver(1)
asyncore.loop()
"""


def test_what_tells_of_the_end_has_a_free_name(tree: Tree) -> None:
    tree.write("main.py", SOURCE)
    new = run([tree.root], Options()).changed[0].new.decode()
    assert "await self.has_ended" in new and "self.has_ended.set_result(None)" in new
    assert "self.finished = []" in new


@pytest.mark.parametrize(
    ("statement", "begins"),
    [
        ("print(self.recv(512).decode())", True),
        ("self.count += len(self.recv(512))", True),
        ("for line in self.recv(512).splitlines():\n            print(line)", True),
        ("print([n for n in self.recv(512)])", True),
        ("print(self.deaf or self.recv(512))", False),
        ("print(b'' if self.deaf else self.recv(512))", False),
        ("print([self.recv(n) for n in self.sizes])", False),
        ("print(self.deaf < 1 < len(self.recv(512)))", False),
        ("self.later = lambda: self.recv(512)", False),
        ("while self.recv(512):\n            pass", False),
    ],
)
def test_a_datagram_may_be_received_in_an_expression(tree: Tree, statement: str, *, begins: bool) -> None:
    received = "data, addr = self.socket.recvfrom(512)\n        self.finished.append(data)"
    tree.write("main.py", SOURCE.replace(received, statement))
    new = run([tree.root], Options()).changed[0].new.decode()
    assert ("def handle_read(self, data):" in new) is begins
    assert ("asyncore_bridge" in new) is not begins
