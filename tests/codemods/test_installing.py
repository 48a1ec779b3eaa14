"""`asyncore_bridge.install()` in a program goes when nothing needs the bridge any more, and stays until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import run

if TYPE_CHECKING:
    from conftest import Tree

ECHO = """\
import asynchat
import asyncore


class Echo(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.words = []
        self.set_terminator(b"\\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        self.push(b"".join(self.words))
        self.words = []
        {more}


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("", 7000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Echo(sock)
"""
RUNS = "\n\nServer()\nasyncore.loop()\n"
INSTALLS = (
    "import asyncore_bridge\n\nasyncore_bridge.install()\n\n",
    "import asyncore_bridge; asyncore_bridge.install()\n",
    "from asyncore_bridge import install\n\ninstall()  # from here on\n\n",
    "import sys\n\nif sys.version_info > (3, 12):\n    import asyncore_bridge\n\n    asyncore_bridge.install()\n\n",
)


def rewritten(tree: Tree, install: str, more: str = "") -> str:
    """Return what becomes of the program, in which *more* is done with each frame."""
    tree.write("main.py", install + ECHO.replace("        {more}\n", more) + RUNS)
    outcome = run([tree.root])
    assert not outcome.errors
    return outcome.changed[0].new.decode()


@pytest.mark.parametrize("install", INSTALLS)
def test_it_goes(tree: Tree, install: str) -> None:
    new = rewritten(tree, install)
    assert "bridge" not in new
    assert "install" not in new


@pytest.mark.parametrize("install", INSTALLS)
def test_it_stays_with_a_class_that_does(tree: Tree, install: str) -> None:
    new = rewritten(tree, install, "        self.discard_buffers()\n")
    assert install in new
    assert "from asyncore_bridge import asyncore\n" in new


def test_a_starter(tree: Tree) -> None:
    """The one who starts the program may have another file."""
    tree.write("echo.py", ECHO.replace("        {more}\n", ""))
    tree.write("start.py", INSTALLS[0] + "import echo\n\necho.Server()\necho.asyncore.loop()\n")
    files = {file.path.rpartition("/")[2]: file.new.decode() for file in run([tree.root]).changed}
    assert "bridge" not in "".join(files.values())
    assert files["start.py"].endswith("import echo\n\nasyncio.run(echo.Server().serve_forever())\n")


@pytest.mark.parametrize(
    "use", ["installed = asyncore_bridge.install()", "print(asyncore_bridge.monitoring.stats())"]
)
def test_what_else_is_asked_of_the_bridge_needs_it(tree: Tree, use: str) -> None:
    new = rewritten(tree, f"import asyncore_bridge\n\n{use}\n\n")
    assert f"import asyncore_bridge\n\n{use}\n" in new
    assert "from asyncore_bridge import asyncore\n" in new
