"""An address that a session keeps before the base class's constructor, which asks the socket for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """
import asynchat
import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock, addr):
        {early}
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\\n")

    def collect_incoming_data(self, data):
        self.push(data)

    def found_terminator(self):
        self.push(str(self.addr).encode())


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def {accept}


Server(8007)
asyncore.loop()
"""
EARLY = "self.addr = addr"
ACCEPTED = "handle_accepted(self, sock, addr):\n        Session(sock, addr)"
PAIR = """handle_accept(self):
        pair = self.accept()
        if pair is not None:
            sock, peer = pair
"""


@pytest.mark.parametrize(
    ("early", "accept", "stays"),
    [
        (EARLY, ACCEPTED, False),
        (EARLY, f"{PAIR}            Session(sock, addr=peer)", False),
        (EARLY, "handle_accept(self):\n        sock, addr = self.accept()\n        Session(sock, addr)", False),
        (EARLY, ACCEPTED.replace("(sock, addr)", "(sock, addr[0])"), True),
        (EARLY, f"{PAIR}            peer = peer[0]\n            Session(sock, peer)", True),
        (EARLY, f"{PAIR}            Session(sock, pair)", True),
        ("addr = addr[0]\n        self.addr = addr", ACCEPTED, True),
        ("self.addr = addr[0]", ACCEPTED, True),
        ("self.connected = addr", ACCEPTED, True),
    ],
)
def test_the_address_that_accept_returned(tree: Tree, early: str, accept: str, *, stays: bool) -> None:
    tree.write("main.py", PROGRAM.format(early=early, accept=accept))
    outcome = run([tree.root], Options())
    assert any("before the base class's __init__()" in one.message for one in outcome.findings) is stays
    assert {verdict.strategy.value for verdict in outcome.classes} == {"bridge" if stays else "streams"}
