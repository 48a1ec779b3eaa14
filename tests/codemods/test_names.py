"""Names of modules that mean something else in a file: what new code needs is imported by name, if it can be."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from case_files import fix

from asyncore_codemods.analyse.values.module_names import names_of
from asyncore_codemods.options import Options
from asyncore_codemods.pipeline import run
from asyncore_codemods.rewrite.errors import TakenNameError
from asyncore_codemods.rewrite.imports import settle_imports
from asyncore_codemods.rewrite.names import spell_out
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

BIND = "\n\ndef f({}):\n    {}return socket.create_server(1)\n"
PLAIN, NAMED = BIND.format("", ""), BIND.format("", "").replace("socket.", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import asyncore\n", "import socket\n"),
        ("import socket\n", "import socket\n"),
        ("from socket import socket\n", "from socket import create_server, socket\n"),
        ("from socket import AF_INET, socket\n", "from socket import AF_INET, create_server, socket\n"),
        ("from socket import socket, AF_INET\n", "from socket import socket, AF_INET, create_server\n"),
        (
            "from socket import (\n    AF_INET,  # four\n    socket,\n)\n",
            "from socket import (\n    AF_INET,  # four\n    create_server, socket,\n)\n",
        ),
        ("from socket import socket, create_server\n", "from socket import socket, create_server\n"),
        ("from socket import *\n", "from socket import *\n"),
        ("import sys\n\nsocket = 1\n", "import sys\nfrom socket import create_server\n\nsocket = 1\n"),
        ('"""A."""\nclass socket: pass\n', '"""A."""\nfrom socket import create_server\nclass socket: pass\n'),
        ("def socket(): pass\n", "from socket import create_server\ndef socket(): pass\n"),
        ("import ssl as socket\n", "import ssl as socket\nfrom socket import create_server\n"),
        ("for socket in (): pass\n", "from socket import create_server\nfor socket in (): pass\n"),
        ("with x as socket: pass\n", "from socket import create_server\nwith x as socket: pass\n"),
        ("if socket := 1: pass\n", "from socket import create_server\nif socket := 1: pass\n"),
        (
            "try: f()\nexcept OSError as socket: pass\n",
            "from socket import create_server\ntry: f()\nexcept OSError as socket: pass\n",
        ),
        (
            "def g():\n    global socket\n    socket = 1\n",
            "from socket import create_server\ndef g():\n    global socket\n    socket = 1\n",
        ),
    ],
)
def test_what_new_code_needs_of_a_taken_name(before: str, after: str) -> None:
    starred = {"socket"} if "*" in before else set()
    named = after != "import socket\n"
    spelt = spell_out(before, before + PLAIN, starred)
    assert settle_imports(before, spelt, starred) == after + (NAMED if named else PLAIN)


@pytest.mark.parametrize(
    "around", [("socket=None", ""), ("", "socket = 1; "), ("*socket", ""), ("", "import x as socket; ")]
)
def test_what_is_taken_in_one_function(around: tuple[str, str]) -> None:
    text = BIND.format(*around)
    assert spell_out("import socket\n", "import socket\n" + text) == (
        "import socket\nfrom socket import create_server\n" + text.replace("socket.create", "create")
    )
    other = f"import socket\n\ndef g({around[0]}):\n    {around[1]}pass\n" + PLAIN
    assert spell_out("import socket\n", other) == other  # which is none of new code's


@pytest.mark.parametrize(
    "before",
    [
        "from socket import socket\n\ndef create_server(): pass\n",
        "from socket import *\n\ndef create_server(): pass\n",
        "from socket import socket\nfrom mine import create_server\n",
        "from socket import socket\nfrom mine import *\n\ncreate_server()\n",
        "class socket:\n    def create_server(): pass\n\nsocket.create_server()\n",
    ],
)
def test_no_name_is_left(before: str) -> None:
    with pytest.raises(TakenNameError, match="cannot import socket: its file has something else called so"):
        spell_out(before, before + PLAIN, {"socket"})


def test_builtin_names_are_not_taken() -> None:
    with pytest.raises(TakenNameError, match="cannot import sys"):
        spell_out("sys = 1\n", "sys = 1\nsys.exit()\n")


def test_what_the_author_says_of_his_own_stays() -> None:
    text = "def f(socket):\n    socket.close()\n    return socket.AF_INET\n"
    assert spell_out(text, text) == text
    assert settle_imports(text, text) == text
    mine = text.replace("AF_INET", "mine")
    assert spell_out(text, mine) == mine
    both = "try:\n    import socket\nexcept ImportError:\n    socket = None\n" + PLAIN
    assert spell_out(both, both + PLAIN.replace("f(", "g(")) == both + PLAIN.replace("f(", "g(")


def test_scopes() -> None:
    tree = ast.parse("class A:\n    os = 1\n    def f(self): os\n    g = lambda sys: sys\n    print(os, time)\n")
    assert names_of(tree).free == {"os", "time"}
    assert names_of(tree).taken == {"os", "sys"}


def test_a_project_s_own_star(tree: Tree) -> None:
    tree.write("mine.py", "from socket import socket\nfrom signal import *\n")
    path = tree.write("main.py", "from mine import *\n" + program())
    outcome = run([tree.root])
    new = next(file.new.decode() for file in outcome.changed if file.path == str(path))
    assert "from socket import create_server" in new
    assert "= create_server(" in new
    assert "import socket\n" not in new


@pytest.mark.parametrize("rewrite", [True, False])
def test_a_file_without_a_name_for_it_stays_with_its_reason(tree: Tree, rewrite: bool) -> None:
    tree.write("main.py", "from socket import *\n\ndef create_server(): pass\n\n" + program())
    outcome = run([tree.root], Options(rewrite=rewrite))
    said = {finding.message for finding in outcome.findings if finding.subject}
    assert said == {"cannot import socket: its file has something else called so, to be renamed"}
    assert not outcome.errors


@pytest.mark.parametrize("rewrite", [True, False])
def test_braces_that_would_need_quotes(tree: Tree, rewrite: bool) -> None:
    tree.write("main.py", program(methods="def say(self):\n    print(f'{self.terminator!r}')\n"))
    outcome = run([tree.root], Options(rewrite=rewrite))
    said = {finding.message for finding in outcome.findings if finding.subject}
    line = next(i for i, text in enumerate(tree.read("main.py").splitlines(), 1) if "!r}" in text)
    assert said == {f"would need quotes or a backslash in the braces of line {line}: take the value out"}
    assert not outcome.errors


def test_what_a_mixin_has_that_others_share(tree: Tree) -> None:
    shared = """
class Reporting:
    server = "here"

    def begin(self):
        self.writer = "nobody"

    def run(self):
        return self.writer

class Batch(Reporting):
    pass
"""
    source = program(
        imports=shared, bases="Reporting, asynchat.async_chat", found="self.data = []\nself.push(self.run())"
    )
    path = tree.write("main.py", source.replace("class Server(asyncore", "class Server(Reporting, asyncore"))
    fix(path, Options())
    text = path.read_text()
    assert "self.stream_writer = writer" in text
    assert "async def serve(self)" in text


def test_a_property_may_set_the_terminator(tree: Tree) -> None:
    """Its two methods have one name, and only one of them has the call."""
    methods = (
        "@property\ndef end(self):\n    return self._end\n\n"
        "@end.setter\ndef end(self, value):\n    self._end = value\n    self.set_terminator(value)\n"
    )
    tree.write("main.py", program(init="self.end = b';'", methods=methods))
    outcome = run([tree.root], Options())
    assert not outcome.errors
    assert "        self.terminator = value\n" in outcome.changed[0].new.decode()


@pytest.mark.parametrize("level", ["import", "streams"])
@pytest.mark.parametrize("name", ["asyncio", "asyncore_bridge"])
def test_a_file_beside_the_program_hides_what_it_would_import(tree: Tree, name: str, level: str) -> None:
    tree.write("main.py", program())
    hiding = tree.write(f"{name}.py", "")
    outcome = run([tree.root], Options(level=level))
    assert not outcome.changed and not outcome.errors
    messages = {finding.message for finding in outcome.findings}
    assert messages == {f"cannot import {name}: {hiding} is in its place, to be renamed"}
    hiding.rename(tree.root / f"{name}_notes.py")
    assert run([tree.root], Options(level=level)).changed
