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

POLLED = (
    "class Runner(threading.Thread):\n    def __init__(self, port):\n        threading.Thread.__init__(self)\n"
    "        self.server = Server(port)\n        self.on = True\n\n    def run(self):\n        while self.on:\n"
    "            asyncore.loop(timeout=0.5, count=1)\n{behind}\n"
    "    def stop(self):\n        self.on = False\n{also}        self.join()\n\n"
    "runner = Runner(1)\nrunner.start()\ninput()\nrunner.stop()\n"
)
EVENT = (
    "def serve(server, stop):\n    while not stop.is_set():\n        asyncore.loop(timeout=0.5, count=1)\n\n"
    "server = Server(1)\nstop = threading.Event()\n"
    "thread = threading.Thread(target=serve, args=(server, stop))\nthread.start()\ninput()\n{set}\nthread.join()\n"
)

SAYS = "for line in sys.stdin:\n    for session in server.sessions:\n        session.push(line)"

APART = {
    "a polled loop": "def serve():\n    while True:\n        asyncore.loop(timeout=1, count=1)\n\n"
    "server = Server(1)\nthreading.Thread(target=serve).start()",
    "a polled loop that is told to end": POLLED.format(behind="", also=""),
    "and closes everything": POLLED.format(behind="        asyncore.close_all()\n", also=""),
    "and closes its server then": POLLED.format(behind="", also="").replace(
        "self.join()\n", "threading.Thread.join(self)\n        self.server.close()\n"
    ),
    "closes its server for it to end": THREAD + "input()\nserver.close()\nthread.join()",
    "closes two": "other = Server(2)\n" + THREAD + "server.close()\nother.close()\nthread.join()",
    "at last": THREAD + "try:\n    input()\nfinally:\n    server.close()\n    thread.join()\nprint('ended')",
    "an event": EVENT.format(set="stop.set()"),
    "an event, and a server that is closed then": EVENT.format(set="stop.set()") + "server.close()\n",
    "nothing else": THREAD,
    "arguments": (
        "server = Server(1)\nthreading.Thread(target=asyncore.loop, kwargs={'timeout': 1}, name='loop').start()\n"
    ),
    "arguments in a variable": (
        "server = Server(1)\ngiven = {'timeout': 1}\nthreading.Thread(target=asyncore.loop, kwargs=given).start()\n"
    ),
    "reads its input": THREAD + "for line in sys.stdin:\n    if line == 'quit':\n        break\n    print(line)",
    "waits": THREAD + "thread.join()\nprint('ended')",
    "is a client": THREAD + "client = socket.create_connection(('', 1))\nclient.sendall(b'x')\nclient.close()",
    "looks on": THREAD + "print(server.lines)",
    "a function": SERVE + "threading.Thread(target=serve).start()\nsys.stdin.read()",
    "in a function": "def main():\n    server = Server(1)\n    thread = threading.Thread(target=asyncore.loop)\n"
    "    thread.start()\n    thread.join()\n\nmain()\nprint('ended')",
    "a class": RUNNER + "runner = Runner(1)\nrunner.start()\nrunner.join()\nprint(runner.port)",
    "says something": THREAD.replace(", daemon=True", "") + SAYS,
    "says something now and then": "import time\n"
    + THREAD
    + "while True:\n    for session in server.sessions:\n        session.push(b'x')\n    time.sleep(1)",
    "a lock": "lock = threading.Lock()\n" + THREAD + "with lock:\n    print('ready')",
}

TOUCHED = {
    "arguments in a variable that is read": (
        "server = Server(1)\ngiven = {'timeout': 1}\nthreading.Thread(target=asyncore.loop, kwargs=given).start()\n"
        "print(given)"
    ),
    "closes its server if that takes too long": POLLED.format(behind="", also="").replace(
        "self.join()\n", "self.join(1)\n        self.server.close()\n"
    ),
    "closes the server when another thread has ended": THREAD
    + "other = threading.Thread(target=print)\nother.start()\nother.join()\nserver.close()",
    "says something, and may end before it is sent": THREAD + SAYS,
    "what stops it closes the server": POLLED.format(behind="", also="        self.server.close()\n"),
    "what stops it closes everything": POLLED.format(behind="", also="        asyncore.close_all()\n"),
    "an event that is handed on": EVENT.format(set="server.tell(stop)"),
    "closes the server": THREAD + "server.close()",
    "closes it, and waits a little": THREAD + "server.close()\nthread.join(1)",
    "closes it, and goes on before it waits": THREAD + "server.close()\nprint('closed')\nthread.join()",
    "closes it, and waits for another": THREAD + "server.close()\nother = thread\nother.join()",
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


@pytest.mark.parametrize("is_data", [True, False])
def test_a_log_may_be_looked_at_if_it_is_no_method(tree: Tree, is_data: bool) -> None:
    """asyncore's classes have a log(), which `self.log = []` hides; handed on, the method may be called."""
    init = "self.log = []" if is_data else "pass"
    main = THREAD + "print(session_of(server).log)"
    source = program(imports="import threading\ndef session_of(server): ...", init=init, main=main)
    tree.write("main.py", source.replace("        self.listen(5)\n", f"        self.listen(5)\n        {init}\n"))
    found = {finding.code.value for finding in run([tree.root], Options()).findings}
    assert ("THREADS" in found) is not is_data


OWNER = (
    "\ndef start(self):\n    self.ended = False\n    self.thread = threading.Thread(target=self.serve)\n"
    "    self.thread.start()\n\ndef serve(self):\n    while not self.ended:\n"
    "        asyncore.loop(timeout=0.1, count=1)\n    asyncore.close_all()\n\n"
    "def stop(self):\n    self.ended = True\n    {stop}\n    self.thread.join()\n"
)
STARTER = (
    "\ndef start(self):\n    self.thread = threading.Thread(target=asyncore.loop)\n    self.thread.start()\n\n"
    "def stop(self):\n    self.close()\n    self.thread.join()\n"
)
CLOSER = STARTER + "\ndef end(self):\n    self.close()\n"
FIXTURE = (
    "class ServerTest(unittest.TestCase):\n    def setUp(self):\n        self.server = Server(0)\n"
    "        self.server.start()\n        {begin}\n\n    def tearDown(self):\n        {end}\n"
)
USED = "server = Server(1)\nserver.start()\ninput()\nserver.stop()\n"
STARTED = (
    "class ServerTest(unittest.TestCase):\n    def setUp(self):\n        self.server = Server(0)\n"
    "        self.thread = threading.Thread(target=self.serve)\n        self.thread.start()\n\n"
    "    def serve(self):\n        asyncore.loop()\n\n    def tearDown(self):\n        {end}\n"
)
OWNERS = {
    "by a script": (OWNER.format(stop="pass"), USED, ""),
    "by a test": (OWNER.format(stop="pass"), FIXTURE.format(begin="pass", end="self.server.stop()"), ""),
    "that is told to close": (STARTER, USED, ""),
    "and closed at last": (OWNER.format(stop="pass") + "    self.close()\n", USED, ""),
}
MEDDLERS = {
    "that others close, and its own sessions": (CLOSER, USED, "self.addr.end()"),
    "that closes itself": (OWNER.format(stop="self.close()"), USED, ""),
    "whose handler stops it": (OWNER.format(stop="pass"), USED, "self.addr.stop()"),
    "that sets what others may look at": (OWNER.format(stop="self.addr = None"), USED, ""),
    "that readable() waits for": (
        OWNER.format(stop="pass") + "\ndef readable(self):\n    return not self.ended\n", USED, ""
    ),
    "that a test closes": (
        OWNER.format(stop="pass"), FIXTURE.format(begin="pass", end="self.server.close()"), ""
    ),
    "that a test has closed": (
        OWNER.format(stop="pass"), FIXTURE.format(begin="self.addCleanup(self.server.close)", end="pass"), ""
    ),
    "that a name may mean": (OWNER.format(stop="pass"), USED, "getattr(self.addr, line.decode())()"),
    "that has no thread of its own": ("", STARTED.format(end="self.server.close()"), ""),
}  # fmt: skip


def _of_owner(tree: Tree, methods: str, main: str, also: str) -> set[str]:
    found = f'line = b"".join(self.data)\nself.data = []\n{also or "pass"}\nself.push(line)'
    imports = "import threading\nimport unittest"
    tree.write("main.py", program(imports=imports, server_methods=methods, found=found, main=main))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize(("methods", "main", "also"), OWNERS.values(), ids=OWNERS.keys())
def test_a_listener_may_have_a_thread(tree: Tree, methods: str, main: str, also: str) -> None:
    assert _of_owner(tree, methods, main, also) == {"STREAMS"}


@pytest.mark.parametrize(("methods", "main", "also"), MEDDLERS.values(), ids=MEDDLERS.keys())
def test_others_may_not_touch_what_has_a_thread(tree: Tree, methods: str, main: str, also: str) -> None:
    assert "STREAMS" not in _of_owner(tree, methods, main, also)


def test_a_loop_may_be_ended_before_it_begins(tree: Tree) -> None:
    """The listener has no server then that its close() could close."""
    methods = OWNER.format(stop="pass").replace("asyncore.close_all()", "self.close()")
    assert _of_owner(tree, methods, USED, "") == {"STREAMS"}
    (changed,) = run([tree.root], Options()).changed
    assert b"if self.server is None:\n            self.socket.close()" in changed.new


def test_what_a_thread_runs_stands_on_a_line_of_its_own_if_it_is_long(tree: Tree) -> None:
    main = "the_first_server = Server(1)\nthe_second_server = Server(2)\n" + THREAD.partition("\n")[2]
    tree.write("main.py", program(imports="import threading", main=main))
    (changed,) = run([tree.root], Options()).changed
    wanted = b"args=(\n    run_all(the_first_server.serve_forever(), the_second_server.serve_forever()),)"
    assert wanted in changed.new
