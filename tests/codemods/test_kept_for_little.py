"""What looks like an obstacle and is none, and what is said where little keeps a class on the bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from asyncore_codemods.pipeline import run
from asyncore_codemods.report.text import check_text
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

PAIR = "def ask():\n    near, far = socket.socketpair()\n    far.send(b'x')\n    return near.recv(10)\n\n"
RUN = "Server(int(sys.argv[1]))\nasyncore.loop()"
MAPS = """\
import asynchat
import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock, map=None):
        asynchat.async_chat.__init__(self, sock, map)
        self.set_terminator(b"\\n")

    def collect_incoming_data(self, data):
        pass

    def found_terminator(self):
        self.push(b"?")


class Named(Session):
    def __init__(self, sock, name):
        super().__init__(sock{given})
        self.name = name


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("", 7000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Named(sock, "somebody")


Server()
asyncore.loop()
"""
QUIET = """\
import asyncore
from main import Server


class Quiet(Server):
    def handle_accepted(self, sock, addr):
        sock.close()


def test_it():
    Quiet(0)
    asyncore.loop(count=3)
"""


def test_both_ends_of_a_pair_are_sockets(tree: Tree) -> None:
    tree.write("main.py", program(main=PAIR + RUN))
    assert "asyncore" not in run([tree.root]).changed[0].new.decode()


@pytest.mark.parametrize("given", ["", ", {}"])
def test_a_map_that_nobody_gives(tree: Tree, given: str) -> None:
    """The class below has a parameter in the same place."""
    tree.write("main.py", MAPS.replace("(sock{given})", f"(sock{given})"))
    said = check_text(run([tree.root]), None, frames=False)
    assert ("MAP" in said) == bool(given)


def test_helpers_names_are_explained_where_they_are_taken(tree: Tree) -> None:
    tree.write("main.py", program(main=f"def read_until(text):\n    return text\n\n\n{RUN}"))
    said = check_text(run([tree.root]), None, frames=False)
    assert "would need a helper called read_until(): rename what its file has of that name" in said


def test_tests_may_be_left_out(tree: Tree) -> None:
    tree.write(
        "main.py", program(main='if __name__ == "__main__":\n    Server(int(sys.argv[1]))\n    asyncore.loop()')
    )
    tree.write("tests/test_main.py", QUIET)
    outcome = run([tree.root])
    assert "Only tests keep the rest on the bridge" in check_text(outcome, None, frames=False)
    tree.write("more.py", QUIET)
    assert "Only tests" not in check_text(run([tree.root]), None, frames=False)


def test_a_server_that_tests_make_as_well_is_kept_by_them(tree: Tree) -> None:
    serving = "def serve(self):\n    asyncore.loop()\n"
    tree.write("server.py", program(server_methods=serving, main=""))
    tree.write("main.py", "import server\n\n\ndef main():\n    server.Server(7000).serve()\n")
    tree.write("tests/test_server.py", "import main, server\n\n\ndef test_it():\n    server.Server(0).serve()\n")
    said = click.unstyle(check_text(run([tree.root]), None, frames=False))
    assert "LOOP the loop is run by one of several objects that it drives: main.py:5 and test_server.py:5" in said
    assert "Only tests keep the rest on the bridge" in said
