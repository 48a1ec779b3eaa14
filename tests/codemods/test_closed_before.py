"""Listeners that are closed before they serve: where asyncore's close() closed a socket, there is no server yet."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from case_files import fix

from programs import program

if TYPE_CHECKING:
    from conftest import Tree

WAITS = "self.server = None  # until it serves"
APP = """class App:
    def __init__(self):
        self.server = Server(0)

    def run(self):
        asyncore.loop()

    def stop(self):
        self.server.close()


app = App()
if sys.argv[1:]:
    app.run()
app.stop()
"""
SEVERAL = """servers = [Server(0)]
if not sys.argv[1:]:
    for server in servers:
        server.close()
    sys.exit(0)
asyncore.loop()
"""
WITH = """with Server(0) as server:
    if sys.argv[1:]:
        asyncore.loop()
"""
ENTERED = "def __enter__(self):\n    return self\n\ndef __exit__(self, *_):\n    self.close()\n"
EARLY = {
    "by the application": {"main": APP},
    "at exit": {"main": "atexit.register(Server(0).close)\nif sys.argv[1:]:\n    asyncore.loop()"},
    "one of several": {"main": SEVERAL},
    "in a block": {"main": WITH, "server_methods": ENTERED},
}
LATE = {
    "behind the loop": {"main": "server = Server(0)\ntry:\n    asyncore.loop()\nfinally:\n    server.close()"},
    "by a session": {
        "found": "self.data = []\nself.leave()",
        "methods": "def leave(self):\n    server.close()",
        "main": "server = Server(0)\nasyncore.loop()",
    },
}


@pytest.mark.parametrize("parts", EARLY.values(), ids=EARLY.keys())
def test_a_listener_that_never_serves(tree: Tree, parts: dict[str, str]) -> None:
    path = tree.write("main.py", program(imports="import atexit\nimport sys", **parts))
    fix(tree.root)
    assert WAITS in path.read_text("utf-8")
    result = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=20, check=False)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("parts", LATE.values(), ids=LATE.keys())
def test_one_that_serves_before_anybody_closes_it(tree: Tree, parts: dict[str, str]) -> None:
    path = tree.write("main.py", program(**parts))
    fix(tree.root)
    text = path.read_text("utf-8")
    assert "self.server.close()" in text
    assert WAITS not in text
