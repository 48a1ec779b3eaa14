"""Families are rewritten one by one; what stays shares the loop, or keeps the others with it. Cases play it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import fix

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from asyncore_codemods.findings import Outcome

    from .conftest import Tree

ODD = '''
class Odd(asyncore.dispatcher):
    """Stays on the bridge."""

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_read_event(self):
        print("odd")

'''


def strategies(outcome: Outcome) -> dict[str, str]:
    return {verdict.name: verdict.strategy.value for verdict in outcome.classes}


@pytest.mark.parametrize(
    "main",
    [
        "Odd(2)\nServer(1)\nasyncore.loop()",
        "Server(1)\nOdd(2)\nasyncore.loop()",
        "odd = Odd(2)\n\ndef main():\n    Server(1)\n    asyncore.loop()\n\nmain()",
        "def main():\n    odd = Odd(2)\n    Server(1)\n    asyncore.loop()\n\nmain()",
        "try:\n    Odd(2)\n    Server(1)\n    asyncore.loop()\nfinally:\n    asyncore.close_all()",
    ],
)
def test_one_family_converts_and_another_stays(tree: Tree, main: str) -> None:
    path = tree.write("main.py", program(main=ODD + main))
    outcome = fix(tree.root)
    assert not outcome.errors
    assert strategies(outcome) == {"Session": "streams", "Server": "streams", "Odd": "bridge"}
    new = path.read_text()
    assert "until_empty())" in new
    assert "class Odd(asyncore.dispatcher):" in new
    assert "class Session:" in new
    assert "asynchat." not in new
    assert ("asyncore.close_all()" in new) is ("close_all" in main)  # it closes what is still on the bridge
    assert not fix(tree.root).changed


@pytest.mark.parametrize(
    ("main", "why"),
    [
        ("def make():\n    Odd(2)\n\nServer(1)\nasyncore.loop()", "may be made while the loop runs"),
        ("print(Odd)\nServer(1)\nasyncore.loop()", "may be made while the loop runs"),
        ("Odd(2)\nServer(1)\nasyncore.loop()\nServer(2)\nasyncore.loop()", "several loops"),
        ("s = Server(1)\ndef f():\n    asyncore.loop()\n    Odd(2)\nf()", "may be made while the loop runs"),
    ],
)
def test_what_joins_the_map_later_keeps_all_on_the_bridge(tree: Tree, main: str, why: str) -> None:
    tree.write("main.py", program(main=ODD + main))
    outcome = run([tree.root])
    assert set(strategies(outcome).values()) == {"bridge"}
    assert any(why in finding.message for finding in outcome.findings)


def test_what_a_session_makes_is_of_its_family(tree: Tree) -> None:
    found = "self.data = []\nOdd(2)"
    tree.write("main.py", program(found=found, main=ODD + "Server(1)\nasyncore.loop()"))
    outcome = run([tree.root])
    assert set(strategies(outcome).values()) == {"bridge"}
    kept = {finding.subject: finding.message for finding in outcome.findings if finding.code == "PROGRAM"}
    assert kept["Session"] == "stays on the bridge because Odd does"


def test_a_client_made_while_the_loop_runs_costs_its_own_family_alone(tree: Tree) -> None:
    other = program(main="def make():\n    return Server(2)").replace("Server", "Other").replace("Session", "Talk")
    tree.write("other.py", other)
    # the name of the helper that would start it is taken
    path = tree.write("main.py", program(imports="import other", main="tasks = []\nServer(1)\nasyncore.loop()"))
    outcome = run([tree.root])
    reasons = [f for f in outcome.findings if f.code == "LOOP"]
    assert {f.subject for f in reasons} == {"Other", ""}
    assert all(f.path != str(path) for f in reasons)


def test_files_that_are_done_import_no_bridge(tree: Tree) -> None:
    sessions, _, rest = program().partition("class Server")
    done = tree.write("sessions.py", sessions)
    rest = "import asyncore\nimport socket\nimport sys\nfrom sessions import Session\n\nclass Server" + rest
    tree.write("main.py", rest.replace("Server(int(sys.argv[1]))", ODD + "Odd(2)\nServer(int(sys.argv[1]))"))
    outcome = fix(tree.root)
    assert strategies(outcome) == {"Session": "streams", "Server": "streams", "Odd": "bridge"}
    assert "asyncore_bridge" not in done.read_text()
    assert "from asyncore_bridge import asyncore, until_empty\n" in (tree.root / "main.py").read_text()


def test_level_loop_first_costs_nothing(tree: Tree) -> None:
    path = tree.write("main.py", program())
    at_once = fix(tree.root).changed[0].new
    tree.write("main.py", program())
    fix(tree.root, Options(level="loop"))
    assert "asyncio.run(until_empty())" in path.read_text()
    fix(tree.root)
    assert sorted(path.read_bytes().splitlines()) == sorted(at_once.splitlines())


def test_what_is_left_after_some_were_rewritten_is_told_why_it_stays(tree: Tree) -> None:
    tree.write("main.py", program(main=ODD + "Odd(2)\nServer(1)\nasyncore.loop()"))
    fix(tree.root)
    messages = [finding.message for finding in run([tree.root]).findings if finding.code == "LOOP"]
    assert messages == ["the program's loop is asyncio's already, and serves the map with until_empty()"]


def test_of_two_classes_of_one_name_neither_is_rewritten(tree: Tree) -> None:
    """Nobody can tell which one the name stands for; alone, each of them would be rewritten."""
    once = program()
    start = once.index("class Session")
    end = once.index("\nclass ", start + 1)
    body = "".join(f"    {line}" if line.strip() else line for line in once[start:end].splitlines(keepends=True))
    twice = once[:start] + f"if sys.argv[2:]:\n{body}\nelse:\n{body}\n" + once[end:]
    tree.write("once/main.py", once)
    tree.write("twice/main.py", twice)
    assert set(strategies(fix(tree.root / "once")).values()) == {"streams"}
    outcome = fix(tree.root / "twice")
    assert set(strategies(outcome).values()) == {"bridge"}
    assert not outcome.errors
    assert [f.subject for f in outcome.findings if "more than once" in f.message] == ["Session", "Session"]
