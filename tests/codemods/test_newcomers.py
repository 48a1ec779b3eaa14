"""Sessions that others look for: who has connected is there before anything that was received later is handled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

ENTER = 'self.set_terminator(b"\\n")\neverybody.append(self)'
TELL = 'line = b"".join(self.data)\nself.data = []\nfor one in everybody:\n    one.push(line)'
EVERYBODY = "everybody = []\n"
KEEP = "def handle_accepted(self, sock, addr):\n    session = Session(sock, addr)\n    everybody.append(session)\n"
METHOD = "def enter(self):\n    everybody.append(self)\n\ndef tell(self, line):\n    self.push(line)\n"
TELL_BY_METHOD = TELL.replace("one.push", "one.tell")

LOOKED_FOR = {
    "in a list": {"init": ENTER, "found": TELL},
    "in a dictionary": {"init": 'self.set_terminator(b"\\n")\nEVERYBODY[addr] = self', "found": TELL},
    "given to somebody": {"init": 'self.set_terminator(b"\\n")\nroom.enter(self)', "found": TELL},
    "in a tuple": {"init": 'self.set_terminator(b"\\n")\neverybody.append((addr, self))', "found": TELL},
    "by a method": {
        "init": 'self.set_terminator(b"\\n")\nself.enter()',
        "found": TELL_BY_METHOD,
        "methods": METHOD,
    },
    "kept by the listener": {"init": 'self.set_terminator(b"\\n")', "found": TELL, "server_methods": KEEP},
    "kept at once": {
        "init": 'self.set_terminator(b"\\n")',
        "found": TELL,
        "server_methods": "def handle_accepted(self, sock, addr):\n    everybody.append(Session(sock, addr))\n",
    },
    "counted": {
        "init": 'self.set_terminator(b"\\n")\nEVERYBODY.number += 1',
        "found": TELL.replace("one.push(line)", "one.push(b'%d' % EVERYBODY.number)"),
    },
}
COUNT = "self.data = []\nself.push(b'%d' % len(everybody))"
IN_MAP = "[one for one in asyncore.socket_map.values() if isinstance(one, Session)]"
ASKED_FOR = {
    "how many there are": {"init": ENTER, "found": COUNT},
    "how many there have been": {
        "init": 'self.set_terminator(b"\\n")\nEVERYBODY.number += 1',
        "found": COUNT.replace("len(everybody)", "EVERYBODY.number"),
    },
    "how many the listener keeps": {
        "init": 'self.set_terminator(b"\\n")',
        "found": COUNT,
        "server_methods": KEEP,
    },
    "by a function": {
        "init": ENTER,
        "found": "self.data = []\nself.push(count())",
        "main": "def count():\n    return b'%d' % len(everybody)\n\nServer(1)\nasyncore.loop()",
    },
    "in asyncore's map": {
        "init": 'self.set_terminator(b"\\n")',
        "found": COUNT.replace("everybody", IN_MAP),
    },
}
NOBODY_ASKS = {
    "who leaves leaves a list": {
        "init": ENTER,
        "methods": "def handle_close(self):\n    everybody.remove(self)\n    self.close()\n",
    },
    "the end is told": {
        "init": ENTER,
        "methods": "def handle_close(self):\n    print(len(everybody))\n    self.close()\n",
    },
    "who is in is asked when the loop has ended": {
        "init": ENTER,
        "main": "Server(1)\nasyncore.loop()\nprint(len(everybody))",
    },
    "nobody is told": {"init": ENTER},
    "entered later": {
        "init": 'self.set_terminator(b"\\n")',
        "found": TELL + "\neverybody.append(self)",
    },
    "its own helper": {"init": 'self.set_terminator(b"\\n")\nself.words = Words(self)', "found": TELL},
    "counted for itself": {"init": 'self.set_terminator(b"\\n")\nself.number += 1', "found": TELL},
}


@pytest.mark.parametrize(
    "parts", [*LOOKED_FOR.values(), *ASKED_FOR.values()], ids=[*LOOKED_FOR.keys(), *ASKED_FOR.keys()]
)
def test_who_is_looked_for(tree: Tree, parts: dict[str, str]) -> None:
    tree.write("main.py", program(imports=EVERYBODY, **parts))
    new = run([tree.root], Options()).changed[0].new.decode()
    assert "await receive_until(self.reader, unread, b" in new and "read_until" not in new


@pytest.mark.parametrize("parts", NOBODY_ASKS.values(), ids=NOBODY_ASKS.keys())
def test_who_is_not(tree: Tree, parts: dict[str, str]) -> None:
    imports = EVERYBODY + "\n\nclass Words:\n    def __init__(self, session):\n        self.words = []\n"
    tree.write("main.py", program(imports=imports, **parts))
    new = run([tree.root], Options()).changed[0].new.decode()
    assert "await read_until(self.reader, b" in new and "receive_" not in new


FEED = """
class Feed(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))

    def writable(self):
        return False

    def handle_read(self):
        data = self.recv(1024)
        {tells}
"""


@pytest.mark.parametrize("tells", [True, False])
def test_datagrams_that_are_told_to_everybody_wait_for_who_has_connected(tree: Tree, *, tells: bool) -> None:
    told = "for one in everybody:\n            one.push(data)" if tells else "print(data)"
    main = FEED.format(tells=told) + "\nServer(1)\nFeed(2)\nasyncore.loop()"
    tree.write("main.py", program(imports=EVERYBODY, init=ENTER, main=main))
    new = run([tree.root], Options()).changed[0].new.decode()
    assert "class Feed(asyncio.DatagramProtocol)" in new
    assert ("call_in_turn(self.receive, data, addr)" in new) is tells


FRAMES = {
    "counts": (
        "self.set_terminator(4)\neverybody.append(self)",
        TELL + "\nself.set_terminator(4)",
        "receive_exactly",
    ),
    "both": (ENTER, TELL + "\nself.set_terminator(int(line) or 1)", "receive_frame"),
}


@pytest.mark.parametrize(("init", "found", "wanted"), FRAMES.values(), ids=FRAMES.keys())
def test_other_frames(tree: Tree, init: str, found: str, wanted: str) -> None:
    tree.write("main.py", program(imports=EVERYBODY, init=init, found=found))
    new = run([tree.root], Options()).changed[0].new.decode()
    assert f"await {wanted}(self.reader, unread, self.terminator)" in new and f"def {wanted}(" in new


def test_sessions_that_have_ended_may_be_told_things(tree: Tree) -> None:
    """A transport complains of what is written after it has closed."""
    parts = LOOKED_FOR["by a method"]
    tree.write("main.py", program(imports=EVERYBODY, **parts))
    new = run([tree.root], Options()).changed[0].new.decode()
    assert "if not self.writer.is_closing():\n            self.writer.write(data)" in new
    assert "self.push(line)" in new


def test_what_is_said_of_the_terminator_goes_to_where_is_received(tree: Tree) -> None:
    init = 'self.set_terminator(b"\\n")  # clients send a bare LF\neverybody.append(self)'
    tree.write("main.py", program(imports=EVERYBODY, init=init, found=TELL))
    lines = run([tree.root], Options()).changed[0].new.decode().splitlines()
    at = next(number for number, line in enumerate(lines) if "clients send a bare LF" in line)
    assert "await receive_until(" in lines[at + 1]
