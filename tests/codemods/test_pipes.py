"""Which files are known to be pipes, and so can be read by an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import fix

from asyncore_codemods.pipeline import Options, run

if TYPE_CHECKING:
    from conftest import Tree

READER = """import asyncore
import subprocess


class Reader(asyncore.file_dispatcher):
    def __init__(self, file):
        {first}
        asyncore.file_dispatcher.__init__(self, {given})

    def writable(self):
        return False

    def handle_read(self):
        print(self.recv(100))


{main}
asyncore.loop()
"""
OWN = "self.child = subprocess.Popen(file, stdout=subprocess.PIPE)"
CHILD = "child = subprocess.Popen(['ls'], stdout=subprocess.PIPE)\n"


def codes(tree: Tree, main: str) -> set[str]:
    tree.write("main.py", READER.format(main=main, given="file", first=""))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize("main", [f"{CHILD}Reader(child.stdout)", f"{CHILD}Reader(child.stdout.fileno())"])
def test_what_a_child_says_comes_by_a_pipe(tree: Tree, main: str) -> None:
    assert codes(tree, main) == {"STREAMS"}


@pytest.mark.parametrize(
    ("main", "stays"),
    [
        (f"{CHILD}Reader(child)", False),
        ("Reader(subprocess.Popen(['ls'], stdout=subprocess.PIPE))", False),
        (f"{CHILD}Reader(child)\nReader(subprocess.Popen(['ls']))", True),
    ],
)
def test_the_child_may_be_what_is_given(tree: Tree, main: str, *, stays: bool) -> None:
    tree.write("main.py", READER.format(main=main, given="file.stdout", first=""))
    found = {finding.code.value for finding in run([tree.root], Options()).findings}
    assert ("FILE-DISPATCHER" in found) is stays


@pytest.mark.parametrize(
    ("first", "stays"),
    [
        ("self.far, self.near = os.pipe()", False),
        ("self.far, self.near = os.pipe()\n        self.far = os.open(file, 0)", True),
    ],
)
def test_the_pipe_may_be_its_own(tree: Tree, first: str, *, stays: bool) -> None:
    tree.write("main.py", READER.format(main="import os\nReader('x')", given="self.far", first=first))
    found = {finding.code.value for finding in run([tree.root], Options()).findings}
    assert ("FILE-DISPATCHER" in found) is stays


def test_the_child_may_be_its_own(tree: Tree) -> None:
    tree.write("main.py", READER.format(main="Reader(['ls'])", given="self.child.stdout", first=OWN))
    found = {finding.code.value for finding in run([tree.root], Options()).findings}
    assert found - {"IMPORT"} == {"STREAMS"}


@pytest.mark.parametrize(
    "main",
    [
        "child = subprocess.Popen(['ls'])\nReader(child.stdout)",
        "child = subprocess.Popen(['ls'], stdout=open('list', 'w'))\nReader(child.stdout)",
        f"{CHILD}child = subprocess.Popen(['ls'])\nReader(child.stdout)",
        "child = subprocess.Popen(['cat'], stdin=subprocess.PIPE)\nReader(child.stdin)",
        "Reader(open('list'))",
    ],
)
def test_other_files_stay_on_the_bridge(tree: Tree, main: str) -> None:
    assert "FILE-DISPATCHER" in codes(tree, main)


@pytest.mark.parametrize("main", ["Reader(open('list', 'rb'))", "file = open('list')\nReader(file.fileno())"])
def test_a_file_on_disk_needs_no_event_loop(tree: Tree, main: str) -> None:
    tree.write("main.py", READER.format(main=main, given="file", first=""))
    told = [found.message for found in run([tree.root], Options()).findings if found.code == "FILE-DISPATCHER"]
    assert told == ["watches a file on disk, for which no event loop need wait"]


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ("sys.stdin", 'def __init__(self, file):\n        self.file = os.fdopen(os.dup(file.fileno()), "rb"'),
        ("sys.stdin.fileno()", 'def __init__(self, fd):\n        self.file = os.fdopen(os.dup(fd), "rb"'),
        ("open('x')", None),
    ],
)
def test_a_class_without_a_constructor_is_given_its_file(tree: Tree, given: str, opened: str | None) -> None:
    before, _, behind = READER.partition("    def __init__")
    source = before + "    def writable" + behind.partition("    def writable")[2]
    path = tree.write("main.py", source.format(main=f"import sys\nReader({given})"))
    new = {file.path: file.new.decode() for file in run([tree.root], Options()).changed}.get(str(path), "")
    assert (opened or "asyncore.file_dispatcher") in new


ADDING = """import asyncore
import sys


class Line(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.out = b""
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def handle_read(self):
        print(self.recv(100))

    def writable(self):
        return not self.connected or bool(self.out)

    def handle_write(self):
        self.out = self.out[self.send(self.out):]


class Keyboard(asyncore.file_dispatcher):
    def __init__(self, line):
        asyncore.file_dispatcher.__init__(self, sys.stdin)
        self.line = line

    def writable(self):
        return False

    def handle_read(self):
        {read}


line = Line(1)
keyboard = Keyboard(line)
asyncore.loop()
"""
ADDED = {
    "adds": ("data = self.recv(100)\n        self.line.out += data", False),
    "adds what it receives on the spot": ("self.line.out += self.recv(100)", True),
    "adds in front": ("data = self.recv(100)\n        self.line.out = data + self.line.out", True),
    "looks": ("data = self.recv(100)\n        if not self.line.out:\n            self.line.out += data", True),
}


@pytest.mark.parametrize(("read", "stays"), ADDED.values(), ids=ADDED.keys())
def test_a_pipe_may_add_to_the_output_of_a_client(tree: Tree, read: str, stays: bool) -> None:
    path = tree.write("main.py", ADDING.format(read=read))
    fix(tree.root)
    text = path.read_text()
    assert ("class Line(asyncore.dispatcher)" in text) is stays
    assert ("self.line.send(data)" in text) is not stays


WATCHER = """import asyncore
import os
import sys

from lamps import Lamp, find_lamp


class Watcher(asyncore.file_dispatcher):
    def __init__(self, lamp, map=None):
        self.lamp = lamp
        asyncore.file_dispatcher.__init__(self, {given}, map)
{writable}
    def handle_read(self):
        print(self.lamp.read())


{main}
asyncore.loop()
"""
SAYS_NO = """
    def writable(self):
        return False
"""


@pytest.mark.parametrize(
    ("given", "main", "number"),
    [
        ("lamp", "Watcher(Lamp('front'))", "lamp.fileno()"),
        ("lamp", "lamp = Lamp.at('/dev/lamp')\nWatcher(lamp)", "lamp.fileno()"),
        ("lamp", "Watcher(open('/dev/lamp', 'rb'))", "lamp.fileno()"),
        ("lamp.fileno()", "Watcher(find_lamp())", "lamp.fileno()"),
        ("lamp.get_fd()", "Watcher(find_lamp())", "lamp.get_fd()"),
        ("lamp", "Watcher(os.open('/dev/lamp', os.O_RDONLY))", "lamp"),
        ("lamp", "Watcher(find_lamp())", ""),  # who knows
        ("lamp", "Watcher(open('lamp.log', 'rb'))", ""),  # no event loop can watch a regular file
        ("lamp.fileno()", "lamp = open(sys.argv[1])\nWatcher(lamp)", ""),
        ("lamp", "Watcher(Lamp('front'))\nWatcher(os.open('/dev/lamp', os.O_RDONLY))", ""),
        ("lamp", "", ""),
    ],
)
def test_what_is_read_in_another_way_is_watched(tree: Tree, given: str, main: str, number: str) -> None:
    tree.write("main.py", WATCHER.format(given=given, writable="", main=main))
    fix(tree.root, Options(unsafe=True))
    fixed = (tree.root / "main.py").read_text()
    assert ("add_reader" in fixed) is bool(number)
    assert f"self.fd = os.dup({number})\n" in fixed or not number
    assert "def __init__(self, lamp):" in fixed or not number


@pytest.mark.parametrize(("writable", "stays"), [("", True), (SAYS_NO, False)])
def test_a_terminal_is_always_writable(tree: Tree, writable: str, *, stays: bool) -> None:
    tree.write("main.py", WATCHER.format(given="sys.stdin", writable=writable, main="Watcher(find_lamp())"))
    found = {finding.code.value for finding in run([tree.root], Options()).findings}
    assert ("FILE-DISPATCHER" in found) is stays


@pytest.mark.parametrize(("loop", "stays"), [("asyncore.loop(use_poll=True)", True), ("asyncore.loop(5)", False)])
def test_poll_closes_what_nobody_writes_to(tree: Tree, loop: str, *, stays: bool) -> None:
    program = WATCHER.format(given="lamp", writable="", main="Watcher(Lamp('front'))")
    tree.write("main.py", program.replace("asyncore.loop()", loop))
    found = {finding.code.value for finding in run([tree.root], Options()).findings}
    assert ("FILE-DISPATCHER" in found) is stays
