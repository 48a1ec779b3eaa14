"""What sessions do when Ctrl-C ends the program: nothing that anybody can notice, as on asyncore."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import fix

from programs import program

if TYPE_CHECKING:
    from conftest import Tree

FINALLY = "        finally:\n            self.handle_close()\n"
UNNOTICED = {
    "only closes": "asynchat.async_chat.close(self)",
    "closes by the other name": "super().handle_close()",
    "is forgotten": "if self in SESSIONS:\n    SESSIONS.remove(self)\nself.close()",
    "counts": "self.count = len(SESSIONS) - 1\nself.close()",
    "asks another method": "self.forget()\nself.close()",
}
NOTICED = {
    "prints": "print('gone')\nself.close()",
    "logs": "logging.info('gone')\nself.close()",
    "says so": "self.push(b'bye')\nself.close()",
    "tells the others": "for other in SESSIONS:\n    other.push(b'gone')\nself.close()",
    "writes": "self.file.write('gone')\nself.close()",
    "has another do so": "self.forget()\nself.close()\nself.report()",
}
OTHERS = "def forget(self):\n    SESSIONS.discard(self)\n\ndef report(self):\n    print('gone')\n\n"


def _run(tree: Tree, hook: str) -> str:
    indented = hook.replace("\n", "\n    ")
    methods = f"{OTHERS}def handle_close(self):\n    {indented}\n"
    path = tree.write("main.py", program(imports="import logging\n\nSESSIONS = set()", methods=methods))
    fix(tree.root)
    text = path.read_text("utf-8")
    assert "async def run(self)" in text
    return text


@pytest.mark.parametrize("hook", UNNOTICED.values(), ids=UNNOTICED.keys())
def test_what_nobody_notices_is_done_at_any_end(tree: Tree, hook: str) -> None:
    assert FINALLY in _run(tree, hook)


@pytest.mark.parametrize("hook", NOTICED.values(), ids=NOTICED.keys())
def test_what_others_notice_is_not_done_when_the_program_ends(tree: Tree, hook: str) -> None:
    assert FINALLY not in _run(tree, hook)
