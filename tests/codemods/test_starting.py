"""Clients that are made elsewhere than beside the loop: by handlers, by what these call, by constructors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from case_files import fix

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """import asyncore
import socket
import sys


class Call(asyncore.dispatcher):
    def __init__(self, port, host="127.0.0.1"):
        asyncore.dispatcher.__init__(self)
        self.port = port
        self.create_socket({family})
        self.connect(({host}, port))

    def handle_connect(self):
        print("connected")

    def handle_read(self):
        print(self.recv(100))

    def writable(self):
        return not self.connected

    def handle_write(self):
        pass

    def handle_close(self):
        self.close()
        {closed}


{main}
"""
DIRECTLY = "def call(port):\n    {}\n\n\ncall(1)\ncall(int(sys.argv[1]))\nasyncore.loop()"


def program(*, main: str, closed: str = "print('closed')", host: str = '"127.0.0.1"', family: str = "") -> str:
    return PROGRAM.format(main=main, closed=closed, host=host, family=family)


RUN = """def run(port):
    call(port)
    call(port + 1)
    asyncore.loop()


def call(port):
    Call(port)


{}
"""


@pytest.mark.parametrize(
    "text",
    [
        program(
            main=DIRECTLY.format("Call(port)"), host="host", family="socket.AF_INET6"
        ),  # cannot be looked up so
        program(main="tasks = []\n" + DIRECTLY.format("Call(port)")),
        program(main="def call(tasks):\n    Call(tasks)\n\n\ncall(1)\ncall(int(sys.argv[1]))\nasyncore.loop()"),
        program(main="Call(1)\nasyncore.loop()\nCall(2)"),  # the second is driven by nobody
        program(main=RUN.format("run(1)\nrun(2)")),
        program(main=RUN.format("for port in (1, 2):\n    run(port)")),
        program(main=RUN.format("def main():\n    run(1)\n\n\nmain()\nmain()")),
        program(main=DIRECTLY.format("Call(port)").replace("asyncore.loop()", "while True:\n    asyncore.loop()")),
    ],
)
def test_what_cannot_be_started_stays_on_the_bridge(tree: Tree, text: str) -> None:
    path = tree.write("main.py", text)
    outcome = fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()
    assert "LOOP" in {finding.code.value for finding in outcome.findings}


def test_what_acts_before_the_helper_is_there_stays(tree: Tree) -> None:
    later = "\n\nclass Later:\n    pass\n\n\nasyncore.loop()"
    rest = DIRECTLY.format("Call(port)").replace("asyncore.loop()", later)
    path = tree.write("main.py", program(main=rest))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()


def test_the_file_that_makes_them_keeps_what_starts_them(tree: Tree) -> None:
    path = tree.write("calls.py", program(main="def call(port):\n    Call(port)"))
    main = tree.write("main.py", "import asyncore\n\nimport calls\n\ncalls.call(1)\nasyncore.loop()\n")
    fix(tree.root)
    assert "tasks.start(Call(port))" in path.read_text()
    assert "import calls\nfrom calls import tasks\n" in main.read_text()
    assert "asyncio.run(tasks.run())" in main.read_text()


def test_one_that_is_seen_needs_no_help(tree: Tree) -> None:
    path = tree.write("main.py", program(main="Call(int(sys.argv[1]))\nasyncore.loop()"))
    fix(tree.root)
    assert "asyncio.run(Call(int(sys.argv[1])).run())" in path.read_text()
    assert "tasks" not in path.read_text()


@pytest.mark.parametrize(
    ("text", "started"),
    [
        (program(main=DIRECTLY.format("Call(port)")), "    tasks.start(Call(port))\n"),
        (program(main=DIRECTLY.format("return [Call(p) for p in (port, 2)]")), "[tasks.start(Call(p)) for p in"),
        (
            program(main=DIRECTLY.format("later = lambda: Call(port)\n    later()")),
            "lambda: tasks.start(Call(port))",
        ),
        (program(main=DIRECTLY.format("made = {port: Call(port)}\n    print(len(made))")), "{port: tasks.start("),
        (
            program(main="Call(1)\nasyncore.loop()", closed="Call(self.port)"),
            "        tasks.start(Call(self.port))\n",
        ),
    ],
)
def test_others_are_started_where_they_are_made(tree: Tree, text: str, started: str) -> None:
    path = tree.write("main.py", text)
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert started in text
    assert "asyncio.run(tasks.run(" in text
    compile(text, "main.py", "exec")


def test_a_host_that_may_not_be_known_is_looked_up_where_that_can_be_told(tree: Tree) -> None:
    path = tree.write("main.py", program(main=DIRECTLY.format("Call(port)"), host="host"))
    fix(tree.root)
    text = path.read_text()
    assert "socket.gethostbyname(self.addr[0])" in text
    assert "gaierror" not in text


def test_an_address_needs_no_looking_up(tree: Tree) -> None:
    path = tree.write("main.py", program(main=DIRECTLY.format("Call(port)")))
    fix(tree.root)
    assert "gethostbyname" not in path.read_text()


def test_one_in_a_call_that_moves_gets_a_name(tree: Tree) -> None:
    listener = """class Desk(asyncore.dispatcher):
    def __init__(self, call):
        asyncore.dispatcher.__init__(self)
        self.call = call
        self.create_socket()
        self.bind(("127.0.0.1", 0))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        sock.close()


"""
    path = tree.write("main.py", program(main=listener + "Desk(Call(int(sys.argv[1])))\nasyncore.loop()"))
    fix(tree.root)
    assert "client = Call(int(sys.argv[1]))\nserver = Desk(client)\n" in path.read_text()
    assert "asyncore" not in path.read_text()


LISTENER = """import asyncore
import sys


class Desk(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)
{methods}
    def handle_accepted(self, sock, addr):
        Session(sock)


class Session(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


def serve(*ports):
    for port in ports:
        desks.append(Desk(port))


desks = []
serve(*map(int, sys.argv[1:]))
{main}
asyncore.loop()
"""


def test_listeners_are_started_as_well(tree: Tree) -> None:
    path = tree.write("main.py", LISTENER.format(methods="", main=""))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert "desks.append(tasks.start(Desk(port)))" in text
    assert "    async def run(self):\n        server = await" in text


def test_listeners_that_cannot_be_started_stay(tree: Tree) -> None:
    methods = "\n    def run(self):\n        print(self.socket.getsockname())\n"
    path = tree.write("main.py", LISTENER.format(methods=methods, main=""))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()


def test_a_started_listener_may_be_closed_before_it_serves(tree: Tree) -> None:
    path = tree.write("main.py", LISTENER.format(methods="", main="desks.pop().close()"))
    fix(tree.root)
    assert "asyncore" not in path.read_text()
    assert "if self.socket.fileno() < 0:" in path.read_text()


@pytest.mark.parametrize(
    ("functions", "starts"),
    [
        ("def main():\n    go()\n\n\nif __name__ == '__main__':\n    main()", True),
        ("class App:\n    def start(self):\n        go()\n\n\nApp().start()", True),
        ("def main():\n    go()\n\n\nprint(main)", False),
        ("def main():\n    go()\n\n\n[main() for _ in (1, 2)]", False),
        ("def main():\n    go()\n    again()\n\n\ndef again():\n    main()", False),
    ],
)
def test_the_way_to_the_loop_is_followed(tree: Tree, functions: str, *, starts: bool) -> None:
    calls = "def call(port):\n    Call(port)\n\n\ndef go():\n    call(1)\n    call(2)\n    asyncore.loop()\n\n\n"
    path = tree.write("main.py", program(main=calls + functions))
    fix(tree.root)
    assert ("asyncio.run(tasks.run())" in path.read_text()) is starts


RELAY = Path(__file__).parents[1] / "cases" / "relay_station" / "before"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("main.py", "from relay.station import Station", "Station = __import__('relay.station').station.Station"),
        ("relay/lines.py", "class FarLine", "tasks = []\n\n\nclass FarLine"),
        ("main.py", "def main():", "def tasks():\n    pass\n\n\ndef main():"),
        ("relay/station.py", "NearLine(sock, self.onward)", "FarLine(NearLine(sock, self.onward), self.onward)"),
    ],
)
def test_what_others_cannot_import_stays(tree: Tree, name: str, old: str, new: str) -> None:
    for path in RELAY.rglob("*.py"):
        text = path.read_text("utf-8")
        relative = path.relative_to(RELAY).as_posix()
        assert relative != name or old in text
        if relative == "relay/station.py":
            text = text.replace("import NearLine", "import FarLine, NearLine")
        tree.write(relative, text.replace(old, new) if relative == name else text)
    fix(tree.root)
    assert "asyncore_bridge" in (tree.root / "relay" / "lines.py").read_text("utf-8")


HANDED = "import asyncore\n\n\ndef {name}({takes}):\n    asyncore.loop(timeout=1){more}\n"
CALLS = program(main="").rstrip() + "\n\n\ncall = Call(1)\nnet.run()\n"


def test_a_loop_in_a_function_of_another_file_is_given_what_it_drives(tree: Tree) -> None:
    path = tree.write("net.py", HANDED.format(name="run", takes="", more=""))
    main = tree.write("main.py", "import net\n" + CALLS)
    fix(tree.root)
    assert "def run(serving):\n    asyncio.run(serving)\n" in path.read_text()
    assert "\nnet.run(call.run())\n" in main.read_text()


@pytest.mark.parametrize(
    ("takes", "more", "calls"),
    [
        ("wait=1", "", CALLS),
        ("", "\n    asyncore.loop()", CALLS),
        ("", "", CALLS + "net.run()\n"),
        ("", "", CALLS.replace("net.run()", "run = net.run\nrun()")),
    ],
)
def test_one_that_takes_something_or_is_called_again_stays(tree: Tree, takes: str, more: str, calls: str) -> None:
    path = tree.write("net.py", HANDED.format(name="run", takes=takes, more=more))
    tree.write("main.py", "import net\n" + calls)
    fix(tree.root)
    assert "asyncore.loop(timeout=1)" in path.read_text()


GUARDED = "import asyncore\n\ndef run():\n    try:\n        asyncore.loop()\n    except {caught}:\n        {then}\n"


@pytest.mark.parametrize("then", ["pass", "asyncore.close_all()", "print('closed')"])
def test_it_may_catch_an_interrupt(tree: Tree, then: str) -> None:
    path = tree.write("net.py", GUARDED.format(caught="(KeyboardInterrupt, SystemExit)", then=then))
    tree.write("main.py", "import net\n" + CALLS)
    fix(tree.root)
    assert "    try:\n        asyncio.run(serving)\n    except (K" in path.read_text()


@pytest.mark.parametrize(
    ("caught", "last"),
    [("Exception", ""), ("asyncore.ExitNow", ""), ("KeyboardInterrupt", "call.send(b'bye')\n")],
)
def test_it_stays_if_more_is_caught_or_done_then(tree: Tree, caught: str, last: str) -> None:
    path = tree.write("net.py", GUARDED.format(caught=caught, then="print('closed')"))
    tree.write("main.py", "import net\n" + CALLS + last)
    fix(tree.root)
    assert "asyncore.loop()" in path.read_text()
