"""What a program does when Ctrl-C, or another exception, has ended its loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

KEPT = "global_sessions.append(self)\nself.set_terminator(b'\\n')"
LIST = "global_sessions = []"
GOODBYE = (
    "def goodbye():\n    for session in global_sessions:\n        session.push(b'bye')\n        session.close()\n\n"
)
METHOD = "def stop(self):\n    for session in global_sessions:\n        session.close()\n    self.close()\n"

ENDS = {
    "nothing": "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    print('ended')",
    "the listener closes": "s = Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    s.close()",
    "the listener closes at last": "s = Server(1)\ntry:\n    asyncore.loop()\nfinally:\n    s.close()",
    "the listener closes after it": (
        "s = Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    pass\ns.close()"
    ),
    "a database closes": (
        "import sqlite3\ndb = sqlite3.connect(':memory:')\nServer(1)\n"
        "try:\n    asyncore.loop()\nfinally:\n    db.close()"
    ),
    "the listener closes, as another class closes its file": (
        "class Log:\n    def close(self):\n        self.file.close()\n\n"
        "s = Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    s.close()"
    ),
    "a file closes": ("log = open('log')\nServer(1)\ntry:\n    asyncore.loop()\nfinally:\n    log.close()"),
    "errors that asyncore catches": GOODBYE
    + "Server(1)\ntry:\n    asyncore.loop()\nexcept OSError:\n    goodbye()",
    "after the loop's own end": GOODBYE + "Server(1)\nasyncore.loop()\ngoodbye()",
    "another class's close": (
        "class Store:\n    def close(self):\n        print('stored')\n\n"
        "    def end(self):\n        self.close()\n\n"
        "store = Store()\nServer(1)\ntry:\n    asyncore.loop()\nfinally:\n    store.end()"
    ),
}

APP = (
    "class App:\n    def __init__(self):\n        self.server = Server(1)\n\n"
    "    def run(self):\n        asyncore.loop()\n\n"
)

MOVED = {
    "beside a signal that sets a flag": (
        "import signal\nhung_up = False\n\ndef hang_up(number, frame):\n    global hung_up\n    hung_up = True\n\n"
        "signal.signal(signal.SIGHUP, hang_up)\n"
        + GOODBYE
        + "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    goodbye()"
    ),
    "on Ctrl-C": GOODBYE + "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    goodbye()",
    "beside a method called quit()": (
        "class Bell:\n    def quit(self):\n        print('quiet')\n\n    def ring(self):\n        self.quit()\n\n"
        + GOODBYE
        + "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    goodbye()"
    ),
    "on anything": GOODBYE + "Server(1)\ntry:\n    asyncore.loop()\nexcept:\n    goodbye()",
    "on one of several": GOODBYE
    + "Server(1)\ntry:\n    asyncore.loop()\nexcept (OSError, SystemExit):\n    goodbye()",
    "at last": GOODBYE + "Server(1)\ntry:\n    asyncore.loop()\nfinally:\n    goodbye()",
    "after Ctrl-C": GOODBYE
    + "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    pass\nprint('ended')\ngoodbye()",
    "at once": (
        "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n"
        "    for session in global_sessions:\n        session.close_when_done()"
    ),
    "by a method": "s = Server(1)\ntry:\n    asyncore.loop()\nfinally:\n    s.stop()",
    "that returns": GOODBYE + "def main():\n    Server(1)\n    try:\n        asyncore.loop()\n    finally:\n"
    "        goodbye()\n        return 1\n\nmain()",
    "in the caller of a method": GOODBYE + APP + "try:\n    App().run()\nexcept KeyboardInterrupt:\n    goodbye()",
    "in a function": GOODBYE
    + "def main():\n    Server(1)\n    try:\n        asyncore.loop()\n    finally:\n        goodbye()\n\nmain()",
}

USES = {
    "in the caller of a method that runs twice": GOODBYE
    + APP
    + "app = App()\ntry:\n    app.run()\n    app.run()\nexcept KeyboardInterrupt:\n    goodbye()",
    "in the caller": GOODBYE + "def main():\n    Server(1)\n    asyncore.loop()\n\n"
    "try:\n    main()\nexcept KeyboardInterrupt:\n    goodbye()",
    "after the caller": GOODBYE + "def main():\n    Server(1)\n    try:\n        asyncore.loop()\n"
    "    except KeyboardInterrupt:\n        pass\n\n"
    "def start():\n    main()\n    goodbye()\n\nstart()",
    "beside a handler of signals that is set late": "import signal\n\ndef arm():\n"
    "    signal.signal(signal.SIGTERM, lambda *_: sys.exit())\n\n"
    + GOODBYE
    + "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    goodbye()",
    "beside a handler of signals that may return": "import signal\n\ndef halt(number, frame):\n"
    "    if global_sessions:\n        return\n    sys.exit()\n\nsignal.signal(signal.SIGTERM, halt)\n"
    + GOODBYE
    + "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    goodbye()",
    "beside a handler of signals that others call": "import signal\n\ndef halt(number, frame):\n"
    "    sys.exit()\n\ndef give_up():\n    halt(0, None)\n\nsignal.signal(signal.SIGTERM, halt)\n"
    + GOODBYE
    + "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    goodbye()",
    "beside a signal that is Ctrl-C's": (
        "import signal\nhung_up = False\n\ndef hang_up(number, frame):\n    global hung_up\n    hung_up = True\n\n"
        "signal.signal(signal.SIGINT, hang_up)\n"
        + GOODBYE
        + "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    goodbye()"
    ),
    "beside another way out": GOODBYE + "def give_up():\n    sys.exit(1)\n\n"
    "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    goodbye()",
    "by a context manager": (
        "class Ends:\n    def __enter__(self):\n        return self\n\n    def __exit__(self, *exc):\n"
        "        global_sessions[0].close()\n\nwith Ends():\n    Server(1)\n    asyncore.loop()"
    ),
}


HALT = "import signal\n\nclass Halt(Exception):\n    pass\n\ndef halt(number, frame):\n    raise Halt\n\n"
SET = "for number in (signal.SIGINT, signal.SIGTERM):\n    signal.signal(number, halt)\n"
RAISED = {
    "SystemExit": (
        "import signal\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit())\n"
        + GOODBYE
        + "Server(1)\ntry:\n    asyncore.loop()\nfinally:\n    goodbye()",
        "signal.SIGTERM",
    ),
    "KeyboardInterrupt": (
        "import signal\nsignal.signal(signal.SIGTERM, signal.default_int_handler)\n"
        + GOODBYE
        + "Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    goodbye()",
        "signal.SIGTERM",
    ),
    "an exception of the program's own": (
        HALT + SET + "Server(1)\ntry:\n    asyncore.loop()\nexcept Halt:\n    print('halted')",
        "signal.SIGINT, signal.SIGTERM",
    ),
    "an exception of the program's own in a polled loop": (
        HALT
        + SET
        + "Server(1)\ntry:\n    while True:\n        asyncore.loop(timeout=1, count=1)\nexcept Halt:\n    print(1)",
        "signal.SIGINT, signal.SIGTERM",
    ),
}
LOST = {
    "that nobody catches": HALT + SET + "Server(1)\nasyncore.loop()",
    "that a caller catches": HALT
    + SET
    + "def main():\n    Server(1)\n    asyncore.loop()\n\ntry:\n    main()\nexcept Halt:\n    print('halted')",
    "of a signal that cannot be told": HALT
    + "signal.signal(getattr(signal, sys.argv[1]), halt)\n"
    + "Server(1)\ntry:\n    asyncore.loop()\nexcept Halt:\n    print('halted')",
}


def codes(tree: Tree, main: str) -> set[str]:
    parts = {"imports": LIST, "init": KEPT, "server_methods": METHOD, "main": main}
    tree.write("main.py", program(**parts))
    outcome = run([tree.root])
    assert not outcome.errors, outcome.errors
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize("main", ENDS.values(), ids=ENDS.keys())
def test_what_needs_no_loop_is_no_reason(tree: Tree, main: str) -> None:
    assert codes(tree, main) == {"STREAMS"}


@pytest.mark.parametrize("main", MOVED.values(), ids=MOVED.keys())
def test_connections_that_are_used_then_are_used_in_the_coroutine(tree: Tree, main: str) -> None:
    assert codes(tree, main) == {"STREAMS"}


@pytest.mark.parametrize("main", USES.values(), ids=USES.keys())
def test_connections_that_are_used_then_stay_on_the_bridge(tree: Tree, main: str) -> None:
    found = codes(tree, main)
    assert "AFTER-LOOP" in found
    assert "STREAMS" not in found


@pytest.mark.parametrize(("main", "signals"), RAISED.values(), ids=RAISED.keys())
def test_what_handlers_of_signals_raise_is_raised_in_the_coroutine(tree: Tree, main: str, signals: str) -> None:
    tree.write("main.py", program(imports=LIST, init=KEPT, server_methods=METHOD, main=main))
    outcome = run([tree.root])
    assert not outcome.errors
    new = outcome.changed[0].new.decode()
    assert "await interruptible(" in new and f", {signals})\n" in new


@pytest.mark.parametrize("main", LOST.values(), ids=LOST.keys())
def test_exceptions_of_signals_that_asyncio_may_lose_keep_a_program(tree: Tree, main: str) -> None:
    assert codes(tree, main) == {"THREADS"}


def test_functions_that_all_call_each_other_are_looked_at_once(tree: Tree) -> None:
    """By way of a dozen functions that call each other there are more ways into the loop than anybody can go."""
    calls = "\n".join(f"    f{number}()" for number in range(12))
    functions = "".join(f"def f{number}(other):\n    other.main()\n{calls}\n\n" for number in range(12))
    loop = "    try:\n        asyncore.loop()\n    finally:\n        print('ended')\n"
    main = f"def main():\n    Server(1)\n{loop}\nmain()"
    tree.write("a.py", program(main=f"{functions}{main}"))
    assert not run([tree.root]).errors
