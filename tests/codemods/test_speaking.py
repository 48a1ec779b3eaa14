"""Dispatchers that say one thing and close: which are understood, and which only look like it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from case_files import fix

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """import asyncore
import sys


class Speaker(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        {init}
{methods}

class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Speaker(sock)


Server(int(sys.argv[1]))
asyncore.loop()
"""
SAYS = "def handle_write(self):\n    self.send(b'x')\n    self.close()\n"
EMPTIES = """
def handle_write(self):
    sent = self.send(self.text)
    self.text = self.text[sent:]
    if not self.text:
        self.close()
"""
TEXT = "self.text = b'x' * 100"
DEAF = "def readable(self):\n    return False\n"
DROPS = "def handle_read(self):\n    self.recv(9)\n"

SPEAKS = {
    "says": ("pass", SAYS),
    "says, deaf": ("pass", SAYS + DEAF + "def writable(self):\n    return True\n"),
    "empties": (TEXT, EMPTIES + "def writable(self):\n    return len(self.text) > 0\n" + DROPS),
    "empties, asking plainly": (TEXT, EMPTIES + "def writable(self):\n    return bool(self.text)\n"),
}
STAYS = {
    "says when it is ready": ("self.ready = False", SAYS + "def writable(self):\n    return self.ready\n"),
    "says, and listens": ("pass", SAYS + "def handle_read(self):\n    print(self.recv(9))\n"),
    "empties when it is ready": (TEXT, EMPTIES + "def writable(self):\n    return self.text and self.ready\n"),
    "empties what others fill": (TEXT, EMPTIES + "def more(self):\n    self.text += b'more'\n"),
}
ASKED = {
    "says or not": ("pass", SAYS.replace("    self.close()", "    if self.addr:\n        self.close()")),
    "says, and has a hook": ("pass", SAYS + "def handle_close(self):\n    print('gone')\n    self.close()\n"),
    "fills before it has a socket": ("pass", EMPTIES + "text = b''\n"),
}


def program(init: str, methods: str) -> str:
    return PROGRAM.format(init=init, methods=textwrap.indent(methods, "    "))


@pytest.mark.parametrize(("init", "methods"), SPEAKS.values(), ids=SPEAKS)
def test_speaks_and_closes(tree: Tree, init: str, methods: str) -> None:
    path = tree.write("main.py", program(init, methods))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert "Send what is queued, then close." in text


@pytest.mark.parametrize(("init", "methods"), ASKED.values(), ids=ASKED)
def test_what_does_more_keeps_its_handle_write(tree: Tree, init: str, methods: str) -> None:
    path = tree.write("main.py", program(init, methods))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert "self.handle_write()" in text


@pytest.mark.parametrize(("init", "methods"), STAYS.values(), ids=STAYS)
def test_what_only_looks_like_it_stays_on_the_bridge(tree: Tree, init: str, methods: str) -> None:
    path = tree.write("main.py", program(init, methods))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()
