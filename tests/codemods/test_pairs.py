"""Buffers that two dispatchers share: what looks like it, and is not, stays on the bridge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from case_files import fix

if TYPE_CHECKING:
    from conftest import Tree

FOOTBRIDGE = (Path(__file__).parents[1] / "cases" / "footbridge" / "before" / "main.py").read_text("utf-8")
FERRY = (Path(__file__).parents[1] / "cases" / "ferry" / "before" / "main.py").read_text("utf-8")
AQUEDUCT = (Path(__file__).parents[1] / "cases" / "aqueduct" / "before" / "main.py").read_text("utf-8")
MILL = (Path(__file__).parents[1] / "cases" / "mill_race" / "before" / "main.py").read_text("utf-8")
TWO_ENDS = (Path(__file__).parents[1] / "cases" / "two_ends" / "before" / "main.py").read_text("utf-8")


def test_the_pairs_themselves_are_rewritten(tree: Tree) -> None:
    paths = [
        tree.write("ferry.py", FERRY),
        tree.write("two_ends.py", TWO_ENDS),
        tree.write("aqueduct.py", AQUEDUCT),
        tree.write("mill.py", MILL),
        tree.write("footbridge.py", FOOTBRIDGE),
    ]
    fix(tree.root)
    assert not any("asyncore" in path.read_text() for path in paths)


def test_a_partner_may_be_given_in_front_of_what_is_starred(tree: Tree) -> None:
    made = "FarBank(NearBank(pair[0]), self.other)"
    assert made in FERRY
    path = tree.write("main.py", FERRY.replace(made, made.replace("self.other", "*[self.other]")))
    fix(tree.root)
    assert "asyncore" not in path.read_text()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "        if self.far is not None:\n            self.far",
            "        print(len(self.outward))\n        self.far",
        ),
        ("self.near.homeward += self.recv(8192)", "self.near.homeward += self.recv(8192) + self.near.homeward[:1]"),
        ("self.near.homeward += self.recv(8192)", "self.near.homeward = self.recv(8192) + self.near.homeward"),
        ("        near.far = self\n", ""),
        ("return len(self.near.homeward) < self.near.most", "return not self.near.homeward"),
        ("return len(self.outward) < self.most", "return len(self.outward) < self.most and self.far.is_open()"),
        ("not self.connected or len(self.near.outward) > 0", "len(self.near.outward) > 1000"),
        ("sent = self.send(self.near.outward)", "sent = self.send(self.near.outward)\n        self.total = sent"),
        ("        self.near.close()\n", "        print('closed')\n"),
        ("self.near.socket.sendall(waiting)", "self.near.socket.sendall(b'sorry')"),
        ('        self.outward = b""', '        self.outward = b"hello"'),
        ('        self.outward = b""   # for', '        self.homeward = self.outward = b""   # for'),
    ],
)
def test_other_uses_of_a_shared_buffer(tree: Tree, old: str, new: str) -> None:
    assert old in FERRY
    path = tree.write("main.py", FERRY.replace(old, new, 1))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('End.__init__(self, None, name="far")', 'End.__init__(self, address, name="far")'),
        ("near = Shouter(sock)", "near = FarEnd(sock)"),
        ("far = FarEnd(self.address)", "far = Shouter()"),
        ("self.name = name", "self.name = name\n        self.conn = sock"),
        ("            partner.close()\n", "            partner.partner = self\n"),
        ("                if not n:\n                    break\n", "                print(n)\n"),
    ],
)
def test_other_ways_to_be_both_ends(tree: Tree, old: str, new: str) -> None:
    assert old in TWO_ENDS
    path = tree.write("main.py", TWO_ENDS.replace(old, new, 1))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("            other.close()\n", "            other.flow.append(b'dry')\n"),
        ("            other.other = None\n            other.close()\n", "            other.other = None\n"),
        ("        self.other = spring\n", "        self.spring = spring\n"),
        (
            "    def handle_connect(self):\n        pass\n",
            "    def handle_connect(self):\n        self.other = None\n",
        ),
        ("< 16", "< 16 and self.other.connected"),
        ("self.other.flow.append(water)", "self.other.flow.insert(0, water)"),
        ("self.other.flow.append(water)", "self.other.flow += water,"),
        ("water = self.recv(4096)", "water = bytearray(self.recv(4096))"),
    ],
)
def test_other_ways_to_have_a_partner(tree: Tree, old: str, new: str) -> None:
    assert old in AQUEDUCT
    path = tree.write("main.py", AQUEDUCT.replace(old, new, 1))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("            if not other.water:\n                other.close()\n", ""),
        ("            other.draining = True\n", "            other.draining = bool(other.water)\n"),
        (
            "            other.draining = True\n",
            "            other.draining = True\n            other.water += b'.'\n",
        ),
        (
            "            other.draining = True\n",
            "            other.draining = True\n            print(other.draining)\n",
        ),
        ("            other.other = None\n", ""),
        ("        self.close()\n        other, ", "        other, "),
        (
            "        if other is not None:\n            print",
            "        print('shut')\n        if other is not None:\n            print",
        ),
        ("not self.water:\n            self.close()", "not self.water:\n            self.handle_close()"),
        (
            "not self.water:\n            self.close()",
            "not self.water:\n            print('dry')\n            self.close()",
        ),
        ("self.other.water += water", "print(water)\n            self.other.water += water"),
        (
            "            self.other.water += water",
            "            self.other.water += water\n            self.draining = water == b'bye'",
        ),
        (
            "    def meet(",
            "    def close(self):\n        asyncore.dispatcher.close(self)\n\n    def meet(",
        ),
    ],
)
def test_other_ways_to_finish(tree: Tree, old: str, new: str) -> None:
    assert old in MILL
    path = tree.write("main.py", MILL.replace(old, new, 1))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()


def test_a_flag_that_writable_asks_for(tree: Tree) -> None:
    """Whoever has nothing to send then closes in the next pass."""
    text = MILL.replace("            if not other.water:\n                other.close()\n", "")
    text = text.replace("len(self.water) > 0 or not", "len(self.water) > 0 or self.draining or not")
    path = tree.write("main.py", text)
    fix(tree.root)
    assert "asyncore" not in path.read_text()


def test_a_partner_that_is_found_later(tree: Tree) -> None:
    """Until then nothing is read, so that handle_read() need not ask for it."""
    meets = "    def handle_connect(self):\n        self.meet(self.spring)\n\n    def meet(self, spring):\n"
    meets += "        self.other = spring\n        spring.other = self\n"
    text = AQUEDUCT.replace("        self.other = spring\n", "        self.spring = spring\n")
    text = text.replace("        self.other = Fountain(", "        self.fountain = Fountain(")
    path = tree.write("main.py", text.replace("\n\nclass Aqueduct", f"\n{meets}\n\nclass Aqueduct"))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()


def test_a_partner_that_is_found_when_something_comes(tree: Tree) -> None:
    late = "        self.other.flow.append(water)\n            if self.other is self.spring:\n"
    late += "                self.other = self.spring\n"
    text = AQUEDUCT.replace("            self.other.flow.append(water)\n", f"    {late}")
    path = tree.write("main.py", text)
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()


def test_what_a_hook_adds_while_something_is_received_is_lost(tree: Tree) -> None:
    """`buffer += recv()` reads the buffer, has recv() run handle_close(), and forgets what that added."""
    adds = FERRY.replace('        print("near bank is empty")', '        self.outward += b"bye"')
    careful = tree.write("careful.py", adds)
    careless = tree.write(
        "careless.py",
        adds.replace("data = self.recv(8192)\n        if data:\n            ", "").replace(
            "self.outward + data", "self.outward + self.recv(8192)"
        ),
    )
    fix(tree.root)
    assert "asyncore" not in careful.read_text()
    assert "from asyncore_bridge import asyncore" in careless.read_text()


def test_each_end_may_have_a_buffer_of_the_same_name(tree: Tree) -> None:
    same = FERRY.replace("self.near.homeward", "self.near.words").replace("self.homeward", "self.words")
    same = same.replace("self.near.outward", "self.words").replace(
        "self.outward = self.outward + data", "self.far.words += data"
    )
    same = same.replace('        self.outward = b""  # for the far bank\n', "").replace(
        '        self.outward = b""   # for the far bank\n', ""
    )
    same = same.replace("    def readable(self):\n        return len(self.outward) < self.most\n", "")
    same = same.replace("        self.near = near\n", '        self.near = near\n        self.words = b""\n')
    path = tree.write("main.py", same)
    fix(tree.root)
    assert "asyncore" not in path.read_text()
    assert "self.far.send(data)" in path.read_text()


def test_one_waits_for_a_writer(tree: Tree) -> None:
    """Python 3.9 has an assertion that fails if two wait for one writer to drain."""
    side_door = Path(__file__).parents[1] / "cases" / "side_door" / "before" / "main.py"
    path = tree.write("main.py", side_door.read_text("utf-8"))
    fix(tree.root)
    _, _, rest = path.read_text("utf-8").partition("class Porter")
    porter, _, room = rest.partition("class Room")
    run, _, _ = room.partition("    def send")
    assert "await self.room.drain()" in porter
    assert "drain()" not in run


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Bank(sock)", "Bank(sock, self.address)"),
        ("Bank(address=self.address)", "Bank()"),
        ("Bank(address=self.address)", "Bank(**self.options)"),
        ("address=None", 'address=("127.0.0.1", 7000)'),
        (
            "        if address is not None:\n",
            "        address = address or None\n        if address is not None:\n",
        ),
        ("        if address is not None:\n", "        if address is not None and address[1]:\n"),
    ],
)
def test_one_class_that_may_have_both_or_neither(tree: Tree, old: str, new: str) -> None:
    assert old in FOOTBRIDGE
    path = tree.write("main.py", FOOTBRIDGE.replace(old, new, 1))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()
