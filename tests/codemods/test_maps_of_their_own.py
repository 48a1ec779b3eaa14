"""Listeners that have a socket map each, and a loop each, in threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import fix

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """\
import asynchat
import asyncore
import socket
import threading


class Session(asynchat.async_chat):
    everyone = []

    def __init__(self, sock, map, name):
        asynchat.async_chat.__init__(self, sock, map)
        self.name = name
        self.line = b""
        self.set_terminator(b"\\n")

    def collect_incoming_data(self, data):
        self.line += data

    def found_terminator(self):
        line, self.line = self.line, b""
        {found}


class Server(asyncore.dispatcher{bases}):
    def __init__(self, port, name):
        {thread}
        self.map = {{}}
        asyncore.dispatcher.__init__(self, map=self.map)
        self.name = name
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    {start}

    def run(self):
        asyncore.loop(timeout=0.5, map={map})

    def handle_accepted(self, sock, addr):
        Session(sock, self.map, self.name)


def main():
    servers = [Server(port, "server %d" % port) for port in (1, 2)]
    for server in servers:
        server.start()
    {then}


main()
"""
MADE = "def start(self):\n        threading.Thread(target=self.run, daemon=True).start()"
USUAL = {"bases": "", "thread": "pass", "start": MADE, "map": "self.map", "then": "input()"}
USUAL |= {"found": "self.push(self.name.encode() + line)"}
IS_ONE = {"bases": ", threading.Thread", "thread": "threading.Thread.__init__(self)", "start": ""}

APART = {"make a thread": {}, "are threads": IS_ONE, "by another name": {"then": "print(servers[0].name)"}}
TIED = {
    "tell everybody": {
        "found": "self.everyone.append(self)\n        for one in self.everyone:\n            one.push(line)"
    },
    "are asked from elsewhere": {"then": "servers[0].close()"},
    "have one looked at": {"then": "print(len(servers[0].map))"},
    "run the common loop": {"map": "None"},
    "know how many they are": {"found": "self.push(b'%d' % len(self._map))"},
    "close each other": {"found": "self.peer.close()"},
}


def _codes(tree: Tree, parts: dict[str, str]) -> set[str]:
    tree.write("main.py", PROGRAM.format(**{**USUAL, **parts}))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize("parts", APART.values(), ids=APART.keys())
def test_each_is_served_by_a_loop(tree: Tree, parts: dict[str, str]) -> None:
    assert _codes(tree, parts) == {"STREAMS"}


@pytest.mark.parametrize("parts", TIED.values(), ids=TIED.keys())
def test_what_ties_them_together_keeps_them_on_the_bridge(tree: Tree, parts: dict[str, str]) -> None:
    assert "STREAMS" not in _codes(tree, parts)


SEVERAL = {
    "in a list": "servers = [Server(port) for port in (1, 2)]\nservers[0].run()",
    "in a loop": "servers = []\nfor port in (1, 2):\n    servers.append(Server(port))\nservers[0].run()",
    "by a function": "def made(port):\n    return Server(port)\n\nfirst, second = made(1), made(2)\nsecond.run()",
}


@pytest.mark.parametrize("main", SEVERAL.values(), ids=SEVERAL.keys())
def test_one_of_several_runs_the_loop_of_all(tree: Tree, main: str) -> None:
    tree.write("main.py", program(server_methods="\ndef run(self):\n    asyncore.loop()\n", main=main))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    assert "STREAMS" not in {finding.code.value for finding in outcome.findings}


WITH = (
    "with closing({made}) as server:\n    try:\n        asyncore.loop(map=asyncore.socket_map)\n"
    "    except KeyboardInterrupt:\n        print('bye')\n"
)


@pytest.mark.parametrize("main", [WITH.format(made="Server(1)"), "one = Server(1)\n" + WITH.format(made="one")])
def test_closing_closes(tree: Tree, main: str) -> None:
    path = tree.write("main.py", program(imports="from contextlib import closing", main=main))
    fix(tree.root)
    assert "def close(self)" in path.read_text()
    assert "asyncore" not in path.read_text()


TWO = (
    "class House:\n    def __init__(self):\n        self.front = Server(1)\n        {other}\n\n"
    "    def run(self):\n        asyncore.loop()\n\n    def extend(self):\n        {later}\n\n{main}"
)
KEPT = {"other": "self.back = Server(2)", "later": "pass", "main": "House().run()\n"}
NOT_KEPT = {
    "made later": {"other": "pass", "later": "self.back = Server(2)"},
    "made at times": {"other": "if len(sys.argv) > 2:\n            self.back = Server(2)"},
    "of many": {"main": "houses = [House() for _ in range(2)]\nhouses[0].run()\n"},
}


def _is_kept(tree: Tree, parts: dict[str, str]) -> bool:
    path = tree.write("main.py", program(main=TWO.format(**{**KEPT, **parts})))
    fix(tree.root)
    return "run_all(self.front.serve_forever(), self.back.serve_forever())" in path.read_text()


def test_an_object_runs_all_that_it_keeps(tree: Tree) -> None:
    assert _is_kept(tree, {})


@pytest.mark.parametrize("parts", NOT_KEPT.values(), ids=NOT_KEPT.keys())
def test_what_it_may_not_keep_is_not_run(tree: Tree, parts: dict[str, str]) -> None:
    assert not _is_kept(tree, parts)
