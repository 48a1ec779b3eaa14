"""Rewritten datagram sockets, beside what authors have named themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.pipeline import Options, run

if TYPE_CHECKING:
    from conftest import Tree


def test_what_tells_of_the_end_has_a_free_name(tree: Tree) -> None:
    source = """\
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
    tree.write("main.py", source)
    new = run([tree.root], Options()).changed[0].new.decode()
    assert "await self.has_ended" in new and "self.has_ended.set_result(None)" in new
    assert "self.finished = []" in new
