"""What methods are given and return, where that is in sight: a reply with a send() of its own, say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

FOUND = 'line = b"".join(self.data)\nself.data = []\n{}'
HANDLERS = """
class Reply:
    def __init__(self, session):
        self.session = session

    def send(self, data):
        self.session.push(data)

class Shout:
    def answer(self, reply):
        reply.send(b"!")

    def other(self, reply):
        pass
{more}
handlers = [Shout()]
"""
KNOWN = {
    "of the program": "for handler in handlers:\n    handler.answer(Reply(self))",
    "by its name": "reply = Reply(self)\nhandlers[0].answer(reply=reply)",
    "or nothing": "handlers[0].answer(Reply(self))\nhandlers[0].answer(None)",
}
UNKNOWN = {
    "a session": ("handlers[0].answer(self)", ""),
    "now and then a session": ("handlers[0].answer(Reply(self))\nhandlers[0].answer(self)", ""),
    "by another name": ("answer = handlers[0].answer\nanswer(self)", ""),
    "by a text": ("getattr(handlers[0], 'answer')(self)\nhandlers[0].answer(Reply(self))", ""),
    "by a part of a text": ("getattr(handlers[0], 'ans' + line)(self)\nhandlers[0].answer(Reply(self))", ""),
    "by what a peer says": ("getattr(handlers[0], line.decode())(self)\nhandlers[0].answer(Reply(self))", ""),
    "by a class that is not known": (
        "kind = type(handlers[0])\nkind.answer(handlers[0], self)\nhandlers[0].answer(Reply(self))",
        "",
    ),
    "by the class": ("handlers[0].answer(Reply(self))\nShout.answer(handlers[0], self)", ""),
    "another parameter": ("handlers[0].answer(Reply(self))", "\nclass Loud(Shout, list):\n    pass\n"),
    "by a name of its own": (
        "handlers[0].process(self)\nhandlers[0].answer(Reply(self))",
        "\n    process = answer\n",
    ),
    "of another function": (
        "handlers[0].later(Reply(self))\nhandlers[0].answer(Reply(self))",
        "\n    def later(self, reply):\n        (lambda reply: reply.send(b''))(globals()['one'])\n",
    ),
    "assigned": ("handlers[0].answer(Reply(self))", "\n    def take(self):\n        self.kept.answer = 1\n"),
}
SCRIPT = """
def dialogue():
    name = yield
    yield b"hello " + name
{more}"""


def _codes(tree: Tree, found: str, imports: str, **parts: str) -> set[str]:
    tree.write("main.py", program(imports=imports, found=FOUND.format(found), **parts))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize("found", KNOWN.values(), ids=KNOWN.keys())
def test_a_reply_is_no_session(tree: Tree, found: str) -> None:
    assert _codes(tree, found, HANDLERS.format(more="")) == {"STREAMS"}


@pytest.mark.parametrize(("found", "more"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_it_may_be_one(tree: Tree, found: str, more: str) -> None:
    assert "EXTERNAL-USE" in _codes(tree, found, HANDLERS.format(more=more))


def test_a_generator_that_the_constructor_is_given_is_no_session(tree: Tree) -> None:
    parts = {
        "init": 'self.script = dialogue()\nself.talk = Talk(self.script)\nself.set_terminator(b"\\n")',
        "found": "self.push(self.talk.next(line))",
        "imports": SCRIPT.format(
            more="\nclass Talk:\n"
            "    def __init__(self, script):\n        self.script = script\n        next(script)\n\n"
            "    def next(self, line):\n        return self.script.send(line)\n"
        ),
    }
    assert _codes(tree, **parts) == {"STREAMS"}


ROOMS = """
class Room:
    def __init__(self):
        self.members = []

    def send(self, data):
        for member in self.members:
            member.push(data)

class House:
    def __init__(self):
        self.rooms = {{}}

    def room(self, name):
        if name not in self.rooms:
            self.rooms[name] = {made}
        return self.rooms[name]

house = House()
guests = []
"""


@pytest.mark.parametrize(
    ("made", "known"),
    [("Room()", True), ("globals()[name]", False), ("Room()\n        self.room = dict", False)],
)
@pytest.mark.parametrize("sent", ["house.room(1).send(line)", "for room in self.rooms:\n    room.send(line)"])
def test_what_a_method_returns_is_no_session(tree: Tree, made: str, known: bool, sent: str) -> None:
    found = f'line = b"".join(self.data)\nself.data = []\nself.rooms.append(house.room(1))\n{sent}'
    init = 'guests.append(self)\nself.rooms = []\nself.set_terminator(b"\\n")'
    parts = {"init": init, "found": found}
    codes = _codes(tree, imports=ROOMS.format(made=made), **parts)
    assert codes == {"STREAMS"} if known else "EXTERNAL-USE" in codes
