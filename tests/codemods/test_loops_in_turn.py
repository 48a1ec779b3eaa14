"""Several loops in one program: each drives what was made since the one before it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import fix

if TYPE_CHECKING:
    from .conftest import Tree

FETCH = """import asyncore
import socket
import sys


class Fetch(asyncore.dispatcher):
    def __init__(self, path):
        asyncore.dispatcher.__init__(self)
        self.buffer = path + b"\\n"
        self.body = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", 8000))

    def writable(self):
        return len(self.buffer) > 0

    def handle_write(self):
        sent = self.send(self.buffer)
        self.buffer = self.buffer[sent:]

    def handle_read(self):
        self.body += self.recv(8192)

    def handle_close(self):
        self.close()


"""


@pytest.mark.parametrize(
    ("main", "runs"),
    [
        ('Fetch(b"a")\nasyncore.loop()\n', ['Fetch(b"a").run()']),
        (
            'Fetch(b"a")\nasyncore.loop()\nFetch(b"b")\nasyncore.loop()\n',
            ['Fetch(b"a").run()', 'Fetch(b"b").run()'],
        ),
        ('one = Fetch(b"a")\nasyncore.loop()\ntwo = Fetch(b"b")\nasyncore.loop()\n', ["one.run()", "two.run()"]),
        (
            'one = Fetch(b"a")\nif len(sys.argv) > 1:\n    asyncore.loop(5)\nelse:\n    asyncore.loop()\n',
            ["one.run()", "one.run()"],
        ),
    ],
)
def test_every_loop_drives_its_own(tree: Tree, main: str, runs: list[str]) -> None:
    path = tree.write("main.py", FETCH + main)
    assert not fix(tree.root).errors
    lines = path.read_text().splitlines()
    assert [line.strip() for line in lines if "asyncio.run(" in line] == [f"asyncio.run({run})" for run in runs]


@pytest.mark.parametrize(
    "main",
    [
        'one = Fetch(b"a")\nasyncore.loop()\nasyncore.loop()\n',
        'one = Fetch(b"a")\nif len(sys.argv) > 1:\n    asyncore.loop()\ntwo = Fetch(b"b")\nasyncore.loop()\n',
        (
            'one = Fetch(b"a")\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    pass\n'
            'two = Fetch(b"b")\nasyncore.loop()\n'
        ),
        (
            'one = Fetch(b"a")\n\n\ndef first():\n    asyncore.loop()\n\n\n'
            "def again():\n    asyncore.loop()\n\n\nfirst()\n"
        ),
    ],
)
def test_what_two_loops_may_drive_stays(tree: Tree, main: str) -> None:
    path = tree.write("main.py", FETCH + main)
    outcome = fix(tree.root)
    assert not outcome.errors
    assert path.read_text() == (FETCH + main).replace("import asyncore", "from asyncore_bridge import asyncore", 1)
    assert "LOOP" in {finding.code.value for finding in outcome.findings}
