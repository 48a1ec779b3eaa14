"""UNSENT: what asyncore may have dropped, and rewritten code sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """\
import asyncore


class Guest(asyncore.dispatcher):
    def __init__(self, sock, house):
        asyncore.dispatcher.__init__(self, sock)
        self.house = house
        self.out = b""
        house.guests.append(self)

    def handle_read(self):
        data = self.recv(100)
        if data:
            self.out += data
            for guest in self.house.guests:
                {tell}

    def writable(self):
        return len(self.out) > 0

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]

    def handle_close(self):
        self.house.guests.remove(self)
        self.close()


class House(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock, self)


House(7000)
asyncore.loop()
"""


@pytest.mark.parametrize(("tell", "drops"), [("guest.send(data)", True), ("print(guest.addr)", False)])
def test_what_is_sent_past_the_buffer_may_be_dropped(tree: Tree, tell: str, *, drops: bool) -> None:
    tree.write("main.py", PROGRAM.format(tell=tell))
    (guest,) = [finding for finding in run([tree.root], Options()).findings if finding.subject == "Guest"]
    assert ("UNSENT" in {code.value for code in guest.differences}) is drops
