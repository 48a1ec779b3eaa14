"""Sessions that tell others of their end, and may still be among those whom they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

ROOMS = """
rooms = []
everybody = []

def enter(self):
    self.rooms.append(Room())
    self.rooms[0].members.add(self)
    self.everybody.append(self)
    self.close_when_done()

def handle_close(self):
    peers = set()
    for room in self.rooms:
        room.members.discard(self)
        {gathers}
    for peer in sorted(peers, key=id):
        peer.push(b"left")
    self.close()
"""
ROOM = "\nclass Room:\n    def __init__(self):\n        self.members = set()\n"


@pytest.mark.parametrize(
    ("gathers", "is_told"),
    [
        ("peers |= room.members", False),
        ("peers.update(room.members)", False),
        ("for member in room.members:\n            peers.add(member)", False),
        ("peers |= set(self.everybody)", True),
        ("peers.update(self.everybody)", True),
    ],
)
def test_whom_a_session_gathers_before_it_tells_them(tree: Tree, gathers: str, is_told: bool) -> None:
    methods = ROOMS.format(gathers=gathers)
    path = tree.write("main.py", program(imports=ROOM, methods=methods, found="self.data = []\nself.enter()"))
    found = {finding.code.value for finding in run([path], Options()).findings}
    assert ("HANDLE-CLOSE" in found) == is_told
    assert ("STREAMS" in found) != is_told


@pytest.mark.parametrize(
    ("tells", "is_told"),
    [
        ("room.members.discard(self)\n        room.send(b'left')", False),
        ("room.send(b'left')\n        room.members.discard(self)", True),
    ],
)
def test_a_room_may_tell_those_who_are_left_in_it(tree: Tree, tells: str, is_told: bool) -> None:
    room = (
        f"{ROOM}\n    def send(self, line):\n        for member in self.members:\n            member.push(line)\n"
    )
    methods = f"""
rooms = None

def enter(self):
    self.rooms = []
    self.rooms.append(Room())
    self.rooms[0].members.add(self)
    self.close_when_done()

def handle_close(self):
    for room in self.rooms:
        {tells}
    self.close()
"""
    path = tree.write("main.py", program(imports=room, methods=methods, found="self.data = []\nself.enter()"))
    found = {finding.code.value for finding in run([path], Options()).findings}
    assert ("HANDLE-CLOSE" in found) == is_told
    assert ("STREAMS" in found) != is_told
