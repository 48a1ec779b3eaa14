"""A `while` around the loop that would run it again after an exception: none comes, as a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from asyncore_codemods.findings import Outcome
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
    "a handler closes the listener": ({}, "server.close()"),
}


def _run(tree: Tree, also: str, main: str) -> Outcome:
    found = f'line = b"".join(self.data)\nself.data = []\n{also}\nself.push(line)'
    tree.write("main.py", program(found=found, main=main))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return outcome


def _codes(tree: Tree, parts: dict[str, str], also: str = "") -> set[str]:
    outcome = _run(tree, also or "pass", MAIN.format(**{**USUAL, **parts}))
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize("parts", ONCE.values(), ids=ONCE.keys())
def test_the_loop_is_run_once(tree: Tree, parts: dict[str, str]) -> None:
    assert _codes(tree, parts) == {"STREAMS"}


@pytest.mark.parametrize("loop", ["asyncore.loop()", "asyncore.poll()", "asyncore.loop(timeout=0, count=1)"])
def test_nothing_is_left_for_another_time(tree: Tree, loop: str) -> None:
    outcome = _run(tree, "pass", f"Server(1)\nwhile True:\n    {loop}\n")
    assert {finding.code.value for finding in outcome.findings} == {"STREAMS"}


def test_a_loop_that_comes_to_an_end_would_be_run_again(tree: Tree) -> None:
    outcome = _run(tree, "server.close()", "server = Server(1)\nwhile True:\n    asyncore.loop()\n")
    assert "LOOP" in {finding.code.value for finding in outcome.findings}


PASSES = "while True:\n    try:\n        asyncore.poll(1)\n    except KeyboardInterrupt:\n        break\n"


def test_passes_without_end_are_one_loop(tree: Tree) -> None:
    (changed,) = _run(tree, "pass", f"Server(1)\n{PASSES}").changed
    assert b"try:\n    asyncio.run(server.serve_forever())\nexcept KeyboardInterrupt:\n    pass\n" in changed.new


def test_a_pass_does_not_end_what_is_run_again_and_again(tree: Tree) -> None:
    (changed,) = _run(tree, "server.close()", f"server = Server(1)\n{PASSES}").changed
    assert b"while True:\n        try:" in changed.new


def test_what_is_polled_in_a_try_stands_in_front_of_it(tree: Tree) -> None:
    passes = "    while True:\n        asyncore.poll(1)\n        sys.stdout.flush()\n"
    main = f"Server(1)\n# for ever\ntry:\n{passes}except KeyboardInterrupt:\n    pass\n"
    (changed,) = _run(tree, "pass", main).changed
    assert b"\n\n\nasync def main():\n    serving =" in changed.new
    assert b"\n\n\n# for ever\ntry:\n    asyncio.run(main())\n" in changed.new


@pytest.mark.parametrize(("parts", "also"), AGAIN.values(), ids=AGAIN.keys())
def test_what_may_run_it_again_stays(tree: Tree, parts: dict[str, str], also: str) -> None:
    assert "STREAMS" not in _codes(tree, parts, also)


FLAGS = ["server.running", "not server.is_over", "not over.is_set()", "running and not sys.argv"]


@pytest.mark.parametrize("test", FLAGS)
def test_a_flag_is_asked_before_the_loop_is_run(tree: Tree, test: str) -> None:
    (changed,) = _run(tree, "server.close()", f"server = Server(1)\nwhile {test}:\n    asyncore.loop()\n").changed
    assert f"while {test}:\n    asyncio.run(server.serve_forever())\n".encode() in changed.new
    assert b"return  # closed already\n" in changed.new


CLIENT = """\
class Client(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.running = True
        self.create_socket()
        self.connect(("localhost", 1))

    def handle_read(self):
        print(self.recv(100))


"""
OTHERS = {
    "asks something else": "Server(1)\nwhile sys.stdin.readline():\n    asyncore.loop()\n",
    "does something else": "Server(1)\nwhile running:\n    asyncore.loop()\n    print('once more')\n",
    "has clients": f"{CLIENT}client = Client()\nwhile client.running:\n    asyncore.loop()\n",
}


@pytest.mark.parametrize("main", OTHERS.values(), ids=OTHERS.keys())
def test_a_loop_that_is_run_again_and_again(tree: Tree, main: str) -> None:
    outcome = _run(tree, "pass", main)
    assert {"LOOP"} == {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}
