"""A `while` around the loop that would run it again after an exception: none comes, as a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

MAIN = (
    "server = Server(1)\nwhile {test}:\n    try:\n        asyncore.loop(timeout=1)\n"
    "    except KeyboardInterrupt:\n        {interrupt}\n    except {error}:\n        {go_on}\n{behind}\n"
)
USUAL = {"test": "True", "interrupt": "break", "error": "Exception", "go_on": "print('failed')", "behind": ""}

ONCE = {
    "the usual": {},
    "says goodbye": {"interrupt": "print('bye')\n        break", "behind": "server.close()"},
    "leaves": {"interrupt": "sys.exit(1)"},
    "while there is something": {"test": "asyncore.socket_map"},
    "goes on": {"go_on": "print('failed')\n        continue", "error": "(socket.error, ValueError)"},
    "raises": {"interrupt": "raise", "test": "1"},
}
AGAIN = {
    "goes on after Ctrl-C": ({"interrupt": "pass"}, ""),
    "goes on after anything": ({"error": "BaseException"}, ""),
    "breaks off now and then": ({"go_on": "if server.addr:\n            break"}, ""),
    "looks at a flag": ({"test": "server.addr"}, ""),
    "a handler ends the loop": ({}, "raise asyncore.ExitNow"),
    "a handler closes the listener": ({}, "self.addr.close()"),
}


def _codes(tree: Tree, parts: dict[str, str], also: str = "") -> set[str]:
    found = f'line = b"".join(self.data)\nself.data = []\n{also or "pass"}\nself.push(line)'
    tree.write("main.py", program(found=found, main=MAIN.format(**{**USUAL, **parts})))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize("parts", ONCE.values(), ids=ONCE.keys())
def test_the_loop_is_run_once(tree: Tree, parts: dict[str, str]) -> None:
    assert _codes(tree, parts) == {"STREAMS"}


@pytest.mark.parametrize(("parts", "also"), AGAIN.values(), ids=AGAIN.keys())
def test_what_may_run_it_again_stays(tree: Tree, parts: dict[str, str], also: str) -> None:
    assert "STREAMS" not in _codes(tree, parts, also)
