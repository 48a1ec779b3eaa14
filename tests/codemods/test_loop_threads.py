"""Loops in a thread of their own: plain asyncio if nothing beside them touches a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

THREAD = "server = Server(1)\nthread = threading.Thread(target=asyncore.loop, daemon=True)\nthread.start()\n"
SERVE = "def serve():\n    asyncore.loop(timeout=1)\n\nserver = Server(1)\n"
RUNNER = (
    "class Runner(threading.Thread):\n    def __init__(self, port):\n        threading.Thread.__init__(self)\n"
    "        self.port = port\n\n    def run(self):\n        self.server = Server(self.port)\n"
    "        asyncore.loop()\n\n"
)

APART = {
    "nothing else": THREAD,
    "arguments": (
        "server = Server(1)\nthreading.Thread(target=asyncore.loop, kwargs={'timeout': 1}, name='loop').start()\n"
    ),
    "reads its input": THREAD + "for line in sys.stdin:\n    if line == 'quit':\n        break\n    print(line)",
    "waits": THREAD + "thread.join()\nprint('ended')",
    "is a client": THREAD + "client = socket.create_connection(('', 1))\nclient.sendall(b'x')\nclient.close()",
    "looks on": THREAD + "print(server.lines)",
    "a function": SERVE + "threading.Thread(target=serve).start()\nsys.stdin.read()",
    "in a function": "def main():\n    server = Server(1)\n    thread = threading.Thread(target=asyncore.loop)\n"
    "    thread.start()\n    thread.join()\n\nmain()\nprint('ended')",
    "a class": RUNNER + "runner = Runner(1)\nrunner.start()\nrunner.join()\nprint(runner.port)",
    "says something": THREAD
    + "for line in sys.stdin:\n    for session in server.sessions:\n        session.push(line)",
    "a lock": "lock = threading.Lock()\n" + THREAD + "with lock:\n    print('ready')",
}

TOUCHED = {
    "closes the server": THREAD + "server.close()",
    "closes everything": THREAD + "input()\nasyncore.close_all()\nthread.join()",
    "by a function": "def stop():\n    server.close()\n\n" + THREAD + "stop()",
    "by an argument": "def stop(what):\n    what.close()\n\n" + THREAD + "stop(server)",
    "sets what a handler reads": THREAD + "server.lines = 3",
    "after the function": "def start():\n    server = Server(1)\n"
    "    threading.Thread(target=asyncore.loop).start()\n    return server\n\nstart().close()",
    "at last": "server = Server(1)\ntry:\n    threading.Thread(target=asyncore.loop).start()\n    input()\n"
    "finally:\n    server.close()",
    "at exit": "import atexit\natexit.register(print)\n" + THREAD,
    "makes another": THREAD + "Server(2)",
    "several threads": "server = Server(1)\nfor _ in range(2):\n    threading.Thread(target=asyncore.loop).start()",
    "another thread": "def work():\n    server.close()\n\n" + THREAD + "threading.Thread(target=work).start()",
    "another timer": THREAD + "threading.Timer(1, server.close).start()",
    "through the class": RUNNER + "runner = Runner(1)\nrunner.start()\nrunner.server.close()",
    "a polled loop": "def serve():\n    while True:\n        asyncore.loop(timeout=1, count=1)\n\n"
    "server = Server(1)\nthreading.Thread(target=serve).start()",
    "called as well": SERVE + "threading.Thread(target=serve).start()\nserve()",
    "passed to somebody": THREAD + "print(vars(server), stop_it(server))",
}


def codes(tree: Tree, main: str) -> set[str]:
    method = "lines = 0\n\ndef stop(self):\n    print(self.lines)\n"
    tree.write("main.py", program(imports="import threading", server_methods=method, main=main))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize("main", APART.values(), ids=APART.keys())
def test_a_thread_runs_asyncio(tree: Tree, main: str) -> None:
    assert codes(tree, main) == {"STREAMS"}


@pytest.mark.parametrize("main", TOUCHED.values(), ids=TOUCHED.keys())
def test_a_program_that_reaches_into_it_stays_on_the_bridge(tree: Tree, main: str) -> None:
    assert "STREAMS" not in codes(tree, main)
