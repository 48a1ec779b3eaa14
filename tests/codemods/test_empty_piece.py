"""handle_read() and the empty data that ends a connection: what comes of it, seen from the source alone."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from case_files import fix

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """\
import asyncore
import socket
import struct
import sys
import time

HEADER = struct.Struct("!I")


class Session(asyncore.dispatcher_with_send):
    def __init__(self, sock):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.data = b""
        self.size = None
        self.heard = 0
        self.deaf = False

    def handle_read(self):
{body}
{methods}

class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


Server(int(sys.argv[1]))
asyncore.loop()
"""
LINES = """
self.data += self.recv(100)
while b"\\n" in self.data:
    line, self.data = self.data.split(b"\\n", 1)
    self.send(line)
"""
FRAMES = """
self.data += self.recv(100)
while len(self.data) >= HEADER.size:
    (size,) = HEADER.unpack(self.data[:HEADER.size])
    if len(self.data) < HEADER.size + size:
        break
    self.send(self.data[HEADER.size:HEADER.size + size])
    self.data = self.data[HEADER.size + size:]
"""
BYE = LINES.replace("    self.send(line)", '    if line == b"bye":\n        self.close()\n        return\n')
PARSE = """
def parse(self):
    while True:
        end = self.data.find(b"\\n")
        if end < 0:
            return
        self.send(self.data[:end])
        self.data = self.data[end + 1:]
"""
LONGEST = """
self.data += self.recv(9)
while self.size or len(self.data) > 3:
    self.size = len(self.data)
    print(self.size)
    self.data = b""
    break
"""
HOOK = """
def handle_close(self):
    print("gone")
    self.close()
"""


def program(body: str, methods: str = "") -> str:
    return PROGRAM.format(
        body=textwrap.indent(textwrap.dedent(body).strip(), " " * 8),
        methods=textwrap.indent(textwrap.dedent(methods), "    "),
    )


NOTHING = {
    "sent on": ("self.send(self.recv(100))", ""),
    "checked": ("data = self.recv(100)\nif data:\n    self.send(data)", HOOK),
    "checked the other way": ("data = self.recv(9)\nif not data:\n    return\nprint(data)\nself.send(data)", HOOK),
    "asked": ("if self.recv(100):\n    self.send(b'!')", HOOK),
    "asked, and named": ("if data := self.recv(100):\n    self.send(data)\nelse:\n    self.close()", HOOK),
    "asked the other way": ("if not self.recv(100):\n    return\nself.send(b'!')", HOOK),
    "asked the other way, and named": ("if not (data := self.recv(9)):\n    return\nself.send(data)", HOOK),
    "closed again": ("data = self.recv(100)\nif data:\n    self.send(data)\nelse:\n    self.close()", HOOK),
    "closed again, and left": (
        "data = self.recv(9)\nif not data:\n    self.close()\n    return\nprint(data)",
        HOOK,
    ),
    "stripped": ("text = self.recv(100).decode().strip()\nif text == 'x':\n    print(text)", HOOK),
    "split": ("for word in self.recv(100).split():\n    self.send(word)", HOOK),
    "added up": ("self.data += self.recv(100)", HOOK),
    "lines": (LINES, HOOK),
    "frames": (FRAMES, HOOK),
    "lines in a method": ("self.data += self.recv(100)\nself.parse()", PARSE),
    "lines until it closes": (BYE, HOOK),
    "behind a look at the clock": (
        "now = int(time.time()) - 5\nif data := self.recv(9):\n    print(now, data)",
        HOOK,
    ),
}
SHOWS = {
    "printed": ("print(self.recv(100))", ""),
    "printed, with a hook": ("data = self.recv(100)\nprint(len(data), data)", HOOK),
    "counted": ("data = self.recv(100)\nself.heard += 1\nself.send(data)", ""),
    "behind a look at something else": (
        "word = sys.argv.pop()\ndata = self.recv(9)\nif data:\n    print(word)",
        "",
    ),
    "told at the end": ("data = self.recv(100)\nif data:\n    self.send(data)\nelse:\n    print('end')", HOOK),
}
MAY_FAIL = {
    "unpacked": "(size,) = HEADER.unpack(self.recv(4))\nprint(size)",
    "indexed": "data = self.recv(100)\nprint(data[0])",
    "given to somebody": "data = self.recv(100)\nsys.stdout.buffer.write(data)",
    "lines, but not always": LINES.replace("while", "if self.deaf:\n    self.deaf = False\n    return\nwhile"),
    "one line at a time": LINES.rstrip() + "\n    break\n",
    "the last message told": LONGEST,
}
UNCLEAR = {
    "lines, with others about": (LINES, "def handle_write(self):\n    self.data += b'.\\n'\n"),
}
SENT_AT_THE_END = {  # on a closed socket, which runs handle_close()
    "sent on": "self.send(self.recv(100))",
    **{name: body for name, body in MAY_FAIL.items() if "self.send(" in body},
}


@pytest.mark.parametrize(("body", "methods"), NOTHING.values(), ids=NOTHING)
def test_nothing_comes_of_it(tree: Tree, body: str, methods: str) -> None:
    path = tree.write("main.py", program(body, methods))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert 'handle_read(b"")' not in text


@pytest.mark.parametrize(("body", "methods"), SHOWS.values(), ids=SHOWS)
def test_it_is_handed_on(tree: Tree, body: str, methods: str) -> None:
    path = tree.write("main.py", program(body, methods))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert text.count('self.handle_read(b"")') == 1


@pytest.mark.parametrize("body", MAY_FAIL.values(), ids=MAY_FAIL)
def test_what_cannot_be_told_is_handed_on_where_no_hook_would_run_again(tree: Tree, body: str) -> None:
    """An exception then closes what is closed, and runs nothing of the author's."""
    path = tree.write("main.py", program(body))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert text.count('self.handle_read(b"")') == 1


@pytest.mark.parametrize("name", [name for name, body in MAY_FAIL.items() if "self.send(" not in body])
def test_an_error_in_it_runs_the_hook_again(tree: Tree, name: str) -> None:
    path = tree.write("main.py", program(MAY_FAIL[name], HOOK))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert text.index("try:") < text.index('self.handle_read(b"")') < text.rindex("self.handle_close()")


@pytest.mark.parametrize("body", SENT_AT_THE_END.values(), ids=SENT_AT_THE_END)
def test_what_is_sent_then_runs_the_hook_again(tree: Tree, body: str) -> None:
    path = tree.write("main.py", program(body, HOOK))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert 'self.handle_read(b"")' in text
    sending = text[text.index("def send(self, data):") : text.index("def handle_read(")]
    assert "self.handle_close()" in sending


@pytest.mark.parametrize(("body", "methods"), UNCLEAR.values(), ids=UNCLEAR)
def test_what_cannot_be_told_stays_on_the_bridge(tree: Tree, body: str, methods: str) -> None:
    path = tree.write("main.py", program(body, methods))
    outcome = fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()
    assert {finding.code.value for finding in outcome.findings} & {"DISPATCHER", "OVERRIDE"}
