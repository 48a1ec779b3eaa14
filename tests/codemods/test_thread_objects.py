"""A thread may close a server through the loop's thread, as long as its run() is not called in that one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """\
import asynchat
import asyncore
import threading
import time
from jobs import JOBS, register


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\\n")
        self.data = b""

    def collect_incoming_data(self, data):
        self.data += data

    def found_terminator(self):
        job = JOBS[self.data]
        self.data = b""
        job(self).run()


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("", 7000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)

    def shut(self):
        print("shut")
        self.close()


class Gate:
    def shut(self):
        print("closed")


class Keeper(threading.Thread):
    def __init__(self, server):
        threading.Thread.__init__(self)
        self.server = server
        {more}

    def run(self):
        time.sleep(5)
        self.server.shut()


server = Server()
{start}
asyncore.loop()
"""
START = "keeper = Keeper(server)\nkeeper.start()"
APART = {
    "kept under a name": {"start": START},
    "started where it is made": {"start": "Keeper(server).start()"},
    "asked whether it is there": {"start": f"keeper = None\n{START}\nif keeper:\n    keeper.join(0.1)"},
}
MAYBE_NOT = {
    "run": {"start": "keeper = Keeper(server)\nkeeper.run()"},
    "run where it is made": {"start": "Keeper(server).run()"},
    "handed on": {"start": f"{START}\nregister(keeper)"},
    "kept under another name": {"start": f"{START}\nJOBS[b'keep'] = keeper"},
    "handed on as it is made": {"start": "register(Keeper(server))"},
    "its class handed on": {"start": f"{START}\nregister(Keeper)"},
    "hands itself on": {"start": START, "more": "register(self)"},
    "runs itself": {"start": START, "more": "self.run()"},
    "closes something else": {"start": START.replace("(server)", "(JOBS[b'server'])")},
}


def strategies(tree: Tree, parts: dict[str, str]) -> set[str]:
    tree.write("main.py", PROGRAM.format(**{"more": "self.daemon = True", **parts}))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return {finding.code.value for finding in outcome.findings} & {"STREAMS", "THREADS"}


@pytest.mark.parametrize("parts", APART.values(), ids=APART.keys())
def test_a_thread_that_is_only_started(tree: Tree, parts: dict[str, str]) -> None:
    assert strategies(tree, parts) == {"STREAMS"}


@pytest.mark.parametrize("parts", MAYBE_NOT.values(), ids=MAYBE_NOT.keys())
def test_a_thread_that_somebody_else_may_run(tree: Tree, parts: dict[str, str]) -> None:
    assert strategies(tree, parts) == {"THREADS"}
