"""Every class found is described, gets one strategy with its reasons, and the description fits its schema."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from case_files import all_cases, looked_at

from asyncore_codemods.idioms import IDIOMS
from asyncore_codemods.model.inventory import Inventory, schema
from asyncore_codemods.pipeline import Options, run

if TYPE_CHECKING:
    from conftest import Tree

HERE = Path(__file__).parent
PROGRAMS = HERE.parent / "programs"


def inventory(path: Path) -> Inventory:
    found = run([path], Options(inventory=True, rewrite=False)).inventory
    assert found is not None
    return found


def one(tree: Tree, text: str, name: str = "C") -> Any:
    tree.write("a.py", text)
    return next(model for model in inventory(tree.root).classes if model.name == name)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


PLACES = [(case.name, case.before, case.options) for case in all_cases()]
PLACES += [(path.name, path / "before", Options()) for path in sorted(PROGRAMS.iterdir()) if path.is_dir()]
PLACES += [("idioms", HERE / "idioms", Options(unsafe=True))]


@pytest.mark.parametrize(("directory", "options"), [pytest.param(*place, id=name) for name, *place in PLACES])
def test_every_class_gets_one_strategy_with_a_reason(directory: Path, options: Options) -> None:
    """The classes are looked for once more, by their bases' names alone."""
    outcome = looked_at(directory, options)
    found = outcome.inventory
    assert found is not None
    jsonschema.validate(found.as_json(), schema())
    assert sorted((v.path, v.line, v.strategy.value) for v in outcome.classes) == sorted(
        (model.where.path, model.where.line, model.strategy) for model in found.classes
    )
    described = {(model.where.path, model.where.line) for model in found.classes}
    assert len(described) == len(found.classes)
    assert _scan(directory) - described == set()
    for model in found.classes:
        assert model.strategy in {"streams", "datagram", "smtp", "bridge", "refused"}
        assert model.tier in {"safe", "unsafe", "display"}
        assert model.reasons, model.name
        assert all(reason.advice for reason in model.reasons)


def _scan(directory: Path) -> set[tuple[str, int]]:
    names = {"dispatcher", "dispatcher_with_send", "file_dispatcher", "async_chat", "SMTPServer", "SMTPChannel"}
    nodes = []
    for path in directory.rglob("*.py"):
        try:
            tree = ast.parse(path.read_bytes())
        except SyntaxError:
            continue
        shown = str(path.relative_to(directory))
        nodes += [(shown, node) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return {
        (path, node.lineno)
        for path, node in nodes
        if any(ast.unparse(base).split(".")[-1] in names for base in node.bases)
    }


def test_producers_and_classes_of_two_hierarchies_get_one_strategy_too(tree: Tree) -> None:
    path = tree.write(
        "a.py",
        """\
        import asynchat
        import asyncore

        class First(asyncore.dispatcher):
            pass

        class Second(asynchat.async_chat):
            pass

        class Both(First, Second):
            def start(self):
                self.push_with_producer(Numbers())

        class Numbers:
            def more(self):
                return b""
        """,
    )
    outcome = run([path], Options(inventory=True, rewrite=False))
    assert [(v.name, v.root, v.strategy.value) for v in sorted(outcome.classes, key=lambda v: v.line)] == [
        ("First", "asyncore.dispatcher", "bridge"),
        ("Second", "asynchat.async_chat", "bridge"),
        ("Both", "asynchat.async_chat", "bridge"),
        ("Numbers", "", "bridge"),
    ]


@pytest.mark.parametrize(
    ("base", "body", "role"),
    [
        ("asynchat.async_chat", "pass", "session"),
        ("asynchat.async_chat", "def __init__(self): self.connect(('h', 1))", "client"),
        ("asyncore.dispatcher", "def __init__(self): self.listen(5)", "listener"),
        ("asyncore.dispatcher", "def handle_accepted(self, sock, addr): pass", "listener"),
        (
            "asyncore.dispatcher",
            "def __init__(self): self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)",
            "datagram",
        ),
        ("asyncore.dispatcher", "def handle_read(self): self.socket.recvfrom(10)", "datagram"),
        ("asyncore.file_dispatcher", "pass", "file"),
        ("smtpd.SMTPServer", "pass", "smtp server"),
        ("smtpd.PureProxy", "pass", "smtp server"),
        ("smtpd.SMTPChannel", "pass", "smtp channel"),
        ("object", "def more(self): return b''", "producer"),
    ],
)
def test_roles(tree: Tree, base: str, body: str, role: str) -> None:
    text = f"import asyncore, asynchat, smtpd, socket\n\nclass C({base}):\n    {body}\n"
    assert one(tree, text).role.value == role


@pytest.mark.parametrize(
    ("terminators", "framing"),
    [
        (["b'\\n'"], "constant"),
        (["CRLF"], "constant"),
        (["'\\n'.encode()"], "constant"),
        (["self.separator"], "computed"),
        (["make()"], "computed"),
        (["4", "length"], "counted"),
        (["int(data)"], "counted"),
        (["b'\\n'", "self.size"], "changing"),
        (["b'\\n'", "b'\\0'"], "changing"),
        (["None"], "none"),
        ([], "none"),
    ],
)
def test_framing(tree: Tree, terminators: list[str], framing: str) -> None:
    calls = "; ".join(f"self.set_terminator({text})" for text in terminators) or "pass"
    text = f"import asynchat\nCRLF = b'\\r\\n'\n\nclass C(asynchat.async_chat):\n    def f(self): {calls}\n"
    assert one(tree, text).framing.value == framing


def test_framing_is_inherited(tree: Tree) -> None:
    text = (
        "import asynchat\n\nclass Base(asynchat.async_chat):\n    def f(self): self.set_terminator(b';')\n\n"
        "class C(Base):\n    pass\n"
    )
    model = one(tree, text)
    assert (model.framing.value, model.depth, model.family) == ("constant", 2, "a.Base")


def test_who_makes_it_and_who_calls_it(tree: Tree) -> None:
    text = (
        "import asynchat\n\nclass C(asynchat.async_chat):\n    pass\n\n"
        "def start(sock):\n    c = C(sock)\n    c.set_terminator(b'x')\n    c.terminator = 4\n    c.push(b'')\n"
        "def other(f):\n    f.close()\n    asynchat.async_chat.push(f, b'')\n"
    )
    model = one(tree, text)
    assert [(call.where.line, call.scope) for call in model.constructed] == [(7, "start")]
    assert [(call.name, call.where.line) for call in model.called] == [
        ("set_terminator", 8),
        ("terminator", 9),
        ("push", 10),
    ]
    assert [call.name for call in model.outside_terminators] == ["set_terminator", "terminator"]


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("asyncore.loop()", ["map is empty"]),
        ("asyncore.loop(count=1)", ["count"]),
        ("while True:\n    asyncore.loop(1, False, None, 1)", ["never"]),
        ("while go():\n    asyncore.poll(1)", ["condition"]),
        ("while True:\n    asyncore.loop(count=1)\n    if done: break", ["condition"]),
        ("try:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    pass", ["map is empty", "interrupt"]),
        ("try:\n    asyncore.loop()\nexcept asyncore.ExitNow:\n    pass", ["map is empty", "ExitNow"]),
        ("import threading\nthreading.Thread(target=asyncore.loop).start()", ["map is empty"]),
    ],
)
def test_loops(tree: Tree, code: str, ends: list[str]) -> None:
    tree.write("a.py", f"import asyncore\n{code}\n")
    (loop,) = inventory(tree.root).loops
    assert [end.value for end in loop.ends] == ends
    assert loop.in_thread == ("Thread" in code)


def test_loops_that_only_look_like_it(tree: Tree) -> None:
    tree.write("a.py", "import asyncore\nclass asyncio: pass\nasyncio.loop()\nloop()\nasyncore.close_all()\n")
    assert inventory(tree.root).loops == []


@pytest.mark.parametrize(
    "code",
    [
        "sys.modules['asyncore'] = mine",
        "asyncore.dispatcher.log = mine",
        "asyncore.loop = mine",
        "importlib.import_module('asynchat')",
        "setattr(asyncore, 'loop', mine)",
        "importlib.reload(asyncore)",
    ],
)
def test_tricks(tree: Tree, code: str) -> None:
    tree.write("a.py", f"import asyncore, importlib, sys\nimport mine\n{code}\n")
    assert [trick.where.line for trick in inventory(tree.root).tricks] == [3]


@pytest.mark.parametrize(
    "code",
    ["sys.modules['mine'] = mine", "mine.loop = 1", "importlib.import_module('mine')", "setattr(mine, 'a', 1)"],
)
def test_what_is_no_trick(tree: Tree, code: str) -> None:
    tree.write("a.py", f"import asyncore, importlib, sys\nimport mine\n{code}\n")
    assert inventory(tree.root).tricks == []


@pytest.mark.parametrize(
    ("code", "imported"),
    [
        ("import asyncore", ("asyncore", "module", False)),
        ("import os, asyncore as a", ("asyncore", "module", False)),
        ("from asynchat import async_chat as chat", ("asynchat.async_chat", "name", False)),
        ("from smtpd import *", ("smtpd.*", "star", False)),
        ("try:\n    import smtpd\nexcept ImportError:\n    pass", ("smtpd", "module", True)),
        ("def f():\n    import asyncore", ("asyncore", "module", True)),
    ],
)
def test_imports(tree: Tree, code: str, imported: tuple[str, str, bool]) -> None:
    tree.write("a.py", f"from . import asyncore as mine\nfrom .asyncore import loop\n{code}\n")
    found = inventory(tree.root)
    jsonschema.validate(found.as_json(), schema())
    assert [(one.name, one.form, one.in_block) for one in found.imports] == [imported]


def test_other_uses_of_the_removed_modules(tree: Tree) -> None:
    tree.write(
        "a.py",
        """\
        import asyncore
        from asyncore import compact_traceback

        class C(asyncore.dispatcher):
            def handle_error(self):
                print(compact_traceback())

            def count(self):
                return len(asyncore.socket_map)

        try:
            asyncore.loop()
        except asyncore.ExitNow:
            asyncore.close_all()
        """,
    )
    found = inventory(tree.root)
    jsonschema.validate(found.as_json(), schema())
    assert [(use.name, use.where.line, use.scope) for use in sorted(found.uses, key=lambda u: u.where.line)] == [
        ("asyncore.compact_traceback", 6, "C.handle_error"),
        ("asyncore.socket_map", 9, "C.count"),
        ("asyncore.ExitNow", 13, ""),
        ("asyncore.close_all", 14, ""),
    ]


def test_every_idiom_is_shown_by_a_class_that_says_so() -> None:
    """In idioms/ the comment on a class names idioms that it shows; together they are all there are."""
    shown: set[str] = set()
    for path in sorted((HERE / "idioms").glob("*.py")):
        lines = path.read_text("utf-8").splitlines()
        for model in inventory(path).classes:
            named = set(lines[model.where.line - 1].partition("# ")[2].split())
            missing = named - {idiom.name for idiom in model.idioms}
            assert not missing, (path.name, model.name, missing)
            shown |= named
    assert set(IDIOMS) - shown == set()


def test_a_plain_class_shows_nothing_special(tree: Tree) -> None:
    text = (
        "import asynchat\n\nclass C(asynchat.async_chat):\n"
        "    def __init__(self, sock):\n        super().__init__(sock)\n        self.set_terminator(b'\\n')\n"
        "        self.data = []\n"
        "    def collect_incoming_data(self, data):\n        self.data.append(data)\n"
        "    def found_terminator(self):\n        self.push(self.data.pop())\n"
    )
    assert {idiom.name for idiom in one(tree, text).idioms} == {
        "callbacks.queued",
        "input.list",
        "terminator.bytes",
        "frame.short",
        "output.push",
    }
