"""What sends the log to where it is read, and what sessions gather in that is the module's: what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import fix

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """
import asynchat
import asyncore
import logging
import sys

BASKET = []
KEPT = {{}}


class Printer(logging.Handler):
    def emit(self, record):
        print(record.getMessage())


class Counter(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\\n")
        self.words = {words}

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        number = int(b"".join(self.words))
        del self.words[:]
        self.push(b"%d\\n" % (number + 1))


class Hall(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Counter(sock)


def main(out):
    {log}
    Hall(int(sys.argv[1]))
    asyncore.loop()


if __name__ == "__main__":
    main(sys.stdout)
"""


@pytest.mark.parametrize(
    "log",
    [
        "logging.basicConfig(stream=sys.stdout, level=logging.DEBUG)",
        "logging.getLogger().setLevel(10); logging.getLogger().addHandler(logging.StreamHandler(out))",
        "logging.root.setLevel(10); logging.root.addHandler(Printer())",
    ],
)
def test_a_log_that_may_be_printed(tree: Tree, log: str) -> None:
    path = tree.write("main.py", PROGRAM.format(words="[]", log=log))
    fix(tree.root)
    assert "traceback.print_exc()" in path.read_text()
    assert 'logging.getLogger("asyncio").setLevel(logging.INFO)' in path.read_text()


HUSHED = 'logging.getLogger("asyncio").setLevel(logging.INFO)'


@pytest.mark.parametrize(
    ("log", "hushed"),
    [
        ('logging.basicConfig(filename="hall.log", level=logging.DEBUG)', 1),
        ('logging.root.setLevel(10); logging.root.addHandler(logging.FileHandler("a"))', 1),
        ('for n in "ab":\n        logging.root.addHandler(logging.FileHandler(n)).setLevel(logging.DEBUG)', 1),
        ('one = logging.FileHandler("a"); two = logging.FileHandler("b")\n    one.setLevel(logging.DEBUG)', 1),
        ('logging.basicConfig(filename="hall.log", level=logging.INFO)', 0),
        ("logging.basicConfig(level=logging.DEBUG)", 0),  # on standard error it is in nobody's way
    ],
)
def test_a_log_that_is_kept(tree: Tree, log: str, hushed: int) -> None:
    path = tree.write("main.py", PROGRAM.format(words="[]", log=log))
    fix(tree.root)
    assert "asyncio.run(" in path.read_text()
    assert "traceback.print_exc()" not in path.read_text()
    assert path.read_text().count(HUSHED) == hushed


@pytest.mark.parametrize(
    "log", ["logging.basicConfig(level=10)", "logging.root.addHandler(logging.StreamHandler(sys.stderr))"]
)
def test_a_log_that_goes_elsewhere(tree: Tree, log: str) -> None:
    path = tree.write("main.py", PROGRAM.format(words="[]", log=log))
    fix(tree.root)
    assert "async def run" in path.read_text()
    assert "traceback" not in path.read_text()


@pytest.mark.parametrize("words", ["BASKET", 'KEPT.setdefault("words", [])'])
def test_what_all_sessions_gather_in_stays(tree: Tree, words: str) -> None:
    path = tree.write("main.py", PROGRAM.format(words=words, log="pass"))
    fix(tree.root)
    assert "del self.words[:]" in path.read_text()


def test_what_is_a_session_s_own_goes(tree: Tree) -> None:
    path = tree.write("main.py", PROGRAM.format(words="[]", log="pass"))
    fix(tree.root)
    assert "del self.words[:]" not in path.read_text()
