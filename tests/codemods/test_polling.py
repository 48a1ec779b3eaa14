"""Loops that are run for a pass at a time, and those of them that cannot be seen to be the same then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import fix

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

PASS = "    asyncore.loop(timeout=0.1, count=1)\n"
FRAME = "    asyncore.loop(timeout=0, count=1)\n    time.sleep(0.02)\n"
PUMP = "def pump(self):\n    asyncore.loop(timeout=0, count=1)\n    return [1]"
FLAG = "server = Server(1)\nwhile running:\n"
LIST = f"def serve(made):\n    jobs = made[:]\n    server = Server(1)\n    while jobs:\n    {PASS}\nserve([1])"
ATTRIBUTE = "server = Server(1)\nwhile server.running:\n"
SCHEDULE = """\
class Timers:
    def __init__(self):
        self.due = []
        self.seen = 0

    def at(self, seconds):
        self.due.append(time.time() + seconds)

    def wait(self):
        if not self.due:
            return 60
        return max(0, self.due[0] - time.time())

    def run(self):
        while self.due and self.due[0] < time.time():
            print(self.due.pop(0))

    def is_due(self):
        return bool(self.due) and self.due[0] < time.time()

    def is_late(self):
        return self.seen > 3

    def look(self):
        while self.due and self.seen > 3:
            print(self.due.pop(0))

"""
CLOSES = "server.close()\n"

BECOME = {
    "for ever": {"main": f"server = Server(1)\nwhile True:\n{PASS}    ticking = True"},
    "by the clock": {
        "main": f"server = Server(1)\nend = time.time() + 5\nwhile time.time() < end:\n{PASS}{CLOSES}"
    },
    "while there is something": {"main": f"server = Server(1)\nwhile asyncore.socket_map:\n{PASS}"},
    "until there is nothing": {
        "main": f"server = Server(1)\nwhile True:\n{PASS}    if not asyncore.socket_map:\n        break"
    },
    "while there is something, passes that are any": {
        "main": f"server = Server(1)\nn = 0\nwhile asyncore.socket_map:\n{PASS}    n += 1\nassert n or sys"
    },
    "a length": {"main": f"server = Server(1)\nwhile len(asyncore.socket_map) > 0:\n{PASS}"},
    "what is made in between": {"main": f"while True:\n    server = Server(1)\n{PASS}"},
    "a list of its own": {"main": LIST},
    "a flag": {"main": FLAG + PASS, "found": "global running\nself.data = []\nrunning = False"},
    "a flag of an object": {
        "main": ATTRIBUTE + PASS,
        "found": "self.data = []\nserver.running = False",
        "server_methods": "running = True",
    },
    "a count": {
        "main": f"server = Server(1)\nwhile server.count < 3:\n{PASS}",
        "found": "self.data = []\nserver.count += 1",
        "server_methods": "count = 0",
    },
    "a flag of a class": {
        "main": f"server = Server(1)\nwhile Server.running:\n{PASS}",
        "found": "self.data = []\nServer.running = False",
        "server_methods": "running = True",
    },
    "a flag set before": {
        "main": "def stop():\n    global running\n    running = False\n\nstop()\n" + FLAG + PASS,
        "found": "self.data = []\nstop()",
    },
    "a list": {
        "main": f"server = Server(1)\nsessions.append(1)\nwhile sessions:\n{PASS}",
        "found": "self.data = []\nsessions.clear()",
    },
    "a list of an object": {
        "main": f"server = Server(1)\nwhile len(server.jobs) < 2:\n{PASS}    if server.jobs:\n        pass",
        "server_methods": "jobs = []",
        "found": "self.data = []\nserver.jobs.append(self)",
    },
    "a list that an inner function changes": {
        "main": "def serve():\n    server = Server(1)\n\n    def stop():\n        Server.jobs.append(1)\n\n"
        "    server.stop = stop\n    while not Server.jobs:\n        asyncore.loop(timeout=0.1, count=1)\n"
        "\nserve()",
        "server_methods": "jobs = []",
        "found": "self.data = []",
    },
    "a flag of the module beside a schedule": {
        "main": f"{SCHEDULE}timers = Timers()\nserver = Server(1)\nwhile running:\n"
        "    asyncore.loop(timeout=timers.wait(), count=1)\n    timers.run()",
        "found": "global running\nself.data = []\nrunning = False\ntimers.at(1)",
    },
    "a walk over the sessions": {
        "main": "def main():\n    server = Server(1)\n    while True:\n"
        "        asyncore.loop(timeout=0.1, count=1)\n        for one in list(asyncore.socket_map.values()):\n"
        "            if isinstance(one, Session):\n                one.found_terminator()\n\nmain()"
    },
    "several objects": {
        "main": f"server = Server(1)\nwhile Session.running or Server.jobs:\n{PASS}",
        "methods": "running = False",
        "server_methods": "jobs = []",
        "found": "self.data = []\nSession.running = True\nServer.jobs.append(self)",
    },
    "a schedule that is asked": {
        "main": f"{SCHEDULE}timers = Timers()\nserver = Server(1)\nwhile asyncore.socket_map:\n"
        "    asyncore.loop(timers.wait(), count=1)\n    if timers.is_due():\n        print(sessions)",
        "found": "self.data = []\ntimers.at(1)",
    },
    "a schedule": {
        "main": f"{SCHEDULE}timers = Timers()\ntimers.at(9)\nserver = Server(1)\nwhile asyncore.socket_map:\n"
        "    seconds = timers.wait()\n    asyncore.loop(seconds, count=1)\n    timers.run()",
        "found": "self.data = []\ntimers.at(1)",
    },
    "a schedule in a dictionary": {
        "main": "server = Server(1)\nwhile asyncore.socket_map:\n    asyncore.loop(server.wait(), count=1)\n"
        "    server.look()",
        "server_methods": "due = {}\n\ndef wait(self):\n    return min(self.due.values()) - time.time()\n\n"
        "def look(self):\n    for one, due in list(self.due.items()):\n"
        "        if due < time.time():\n            print(one)",
        "found": "self.data = []\nserver.due[self] = 5",
    },
    "poll": {"main": "server = Server(1)\nwhile True:\n    asyncore.poll(0.5)"},
    "poll and sleep": {"main": "server = Server(1)\nwhile True:\n    asyncore.poll()\n    time.sleep(0.1)"},
    "a number of the module": {"main": "T = 0.5\nserver = Server(1)\nwhile True:\n    asyncore.loop(T, count=1)"},
    "half of a number of the class": {
        "main": "Server(1).run()",
        "server_methods": "TICK = 0.05\n\ndef run(self):\n    while True:\n"
        "        asyncore.loop(self.TICK / 2, count=1)\n        self.ticking = True",
    },
    "a number of the object": {
        "main": "server = Server(1)\nwhile True:\n    asyncore.loop(server.tick, count=1)\n    ticking = 1",
        "server_methods": "tick: float = 0.05",
    },
    "half a minute, for a flag": {
        "main": f"{FLAG}    asyncore.loop(count=1)",
        "found": "global running\nself.data = []\nrunning = False",
    },
    "until the next tick": {
        "main": (
            "def serve(server, seconds):\n    due = time.time() + seconds\n    while True:\n"
            "        asyncore.loop(timeout=max(0, due - time.time()), count=1)\n"
            "        if time.time() >= due:\n            print('tick')\n            due += seconds\n\n"
            "server = Server(1)\nserve(server, 60)"
        )
    },
    "on shared lines": {
        "main": "server = Server(1); n = 0\nwhile running: asyncore.loop(timeout=0.1, count=1); n = 1\n"
        "for session in sessions: session.close()\nserver.close(); print(n)"
    },
    "the map that it serves anyway": {
        "main": "server = Server(1)\nwhile asyncore.socket_map:\n    asyncore.poll2(0.5, asyncore.socket_map)"
    },
    "work that is there to be done": {
        "main": f"jobs = []\n{FLAG}{PASS}    for job in jobs:\n        print(job)\n    jobs.clear()",
        "found": "self.data = []\njobs.append(self)",
    },
    "what handlers have left to do": {
        "main": f"jobs = []\n{FLAG}{PASS}    while jobs:\n        print(jobs.pop())",
        "found": "self.data = []\njobs.append(self)",
    },
    "a count of what is due": {
        "main": f"{FLAG}{PASS}    server.tick()",
        "server_methods": "n = 0\n\ndef tick(self):\n    if time.time() > 9:\n        self.n += 1; print(self.n)",
    },
    "a count that nobody reads": {"main": f"n = 0\n{FLAG}{PASS}    n += 1"},
    "a number of minutes": {
        "main": f"server = Server(1)\nn = 0\nt = time.time()\nwhile n < 9:\n{PASS}"
        "    if time.time() > t:\n        n += 1\n        t = time.time() + 60"
    },
    "frames that end one day": {
        "main": f"{FLAG}{FRAME}    for one in server.news():\n        if one == b'end':\n"
        "            running = False",
        "server_methods": "def news(self):\n    return sessions[:]",
    },
    "frames that are counted": {"main": f"server = Server(1)\nn = 0\nwhile n < 99:\n{FRAME}    n += 1"},
    "frames with a dot": {"main": f"server = Server(1)\nwhile True:\n{FRAME}    print('.')"},
    "frames for what has come": {
        "main": "server = Server(1)\nwhile True:\n    for one in server.pump():\n        print(one)\n"
        "    time.sleep(0.02)",
        "server_methods": PUMP,
    },
    "frames that keep what has come": {
        "main": "server = Server(1)\nwhile True:\n    news = server.pump()\n    time.sleep(0.02)\n    print(news)",
        "server_methods": PUMP,
    },
    "Ctrl-C": {"main": f"server = Server(1)\ntry:\n    while True:\n    {PASS}except KeyboardInterrupt:\n    pass"},
}

STAY = {
    "frames that are left out": {
        "main": "server = Server(1)\nn = 0\nwhile True:\n    n += 1\n    if n % 9:\n"
        "        asyncore.loop(timeout=0, count=1)\n    time.sleep(0.02)",
    },
    "frames of which some do not sleep": {
        "main": "server = Server(1)\nn = 0\nwhile n < 99:\n    asyncore.loop(timeout=0, count=1)\n    n += 1\n"
        "    if n % 2:\n        continue\n    time.sleep(0.02)",
    },
    "frames for what may have come": {
        "main": "server = Server(1)\nwhile True:\n    print(time.time(), server.pump())\n    time.sleep(0.02)",
        "server_methods": PUMP,
    },
    "frames of what counts the channels": {
        "main": f"server = Server(1)\nwhile len(asyncore.socket_map) < 3:\n{FRAME}",
    },
    "a walk behind it": {
        "main": "def main():\n    server = Server(1)\n    while running:\n"
        "        asyncore.loop(timeout=0.1, count=1)\n    for one in list(asyncore.socket_map.values()):\n"
        "        if isinstance(one, Session):\n            one.found_terminator()\n\nmain()"
    },
    "a dot with each pass": {"main": f"server = Server(1)\nwhile True:\n{PASS}    print('.')"},
    "a dot by a function": {
        "main": f"def show():\n    sys.stdout.write('.')\n\n{FLAG}{PASS}    show()",
    },
    "a dot unless it is over": {
        "main": f"{FLAG}{PASS}    if time.time() > 9:\n        break\n    else:\n        print('.')",
    },
    "a dot if it is wanted": {"main": f"wanted = True\n{FLAG}{PASS}    if wanted:\n        print('.')"},
    "a dot whatever fails": {
        "main": f"{FLAG}    try:\n    {PASS}    finally:\n        print('.')",
    },
    "a dot to everybody": {
        "main": f"{FLAG}{PASS}    for session in sessions:\n        session.push(b'.')",
    },
    "a count in a method": {
        "main": f"{FLAG}{PASS}    server.tick()",
        "server_methods": "def tick(self):\n    self.n += 1\n    if self.n % 10 == 0:\n        print(self.n)",
    },
    "a count that others read": {
        "main": f"n = 0\n{FLAG}{PASS}    n += 1",
        "found": "self.data = []\nself.push(b'%d' % n)",
    },
    "half a minute": {"main": "server = Server(1)\nwhile True:\n    asyncore.loop(count=1)\n    print('tick')"},
    "a number that is set anew": {
        "main": "server = Server(1)\nserver.tick = 50\nwhile True:\n"
        "    asyncore.loop(server.tick, count=1)\n    print(1)",
        "server_methods": "tick = 0.05",
    },
    "a number set by name": {
        "main": "server = Server(1)\nsetattr(server, 'tick', 50)\nwhile True:\n"
        "    asyncore.loop(server.tick, count=1)\n"
        "    print(1)",
        "server_methods": "tick = 0.05",
    },
    "a number of another": {
        "main": "from settings import options\nserver = Server(1)\n"
        "while True:\n    asyncore.loop(options.tick, count=1)\n    print(1)",
        "server_methods": "tick = 0.05",
    },
    "half a minute in two halves": {
        "main": "T = 15\nserver = Server(1)\nwhile True:\n    asyncore.loop(T * 2, count=1)\n    print('tick')"
    },
    "too long": {"main": "server = Server(1)\nwhile True:\n    asyncore.loop(timeout=5, count=1)\n    print('x')"},
    "too long for what a handler asks for": {
        "main": "server = Server(1)\nwhile True:\n    asyncore.loop(timeout=5, count=1)\n"
        "    if server.jobs and time.time() > 0:\n        print('x')",
        "server_methods": "jobs = []",
        "found": "self.data = []\nserver.jobs.append(1)",
    },
    "who knows how long": {
        "main": "server = Server(1)\nwhile True:\n    asyncore.loop(timeout=float(sys.argv[1]), count=1)\n"
    },
    "not at all, and counts": {"main": "server = Server(1)\nn = 0\nwhile n < 9:\n    asyncore.poll()\n    n += 1"},
    "several passes": {"main": "server = Server(1)\nwhile True:\n    asyncore.loop(timeout=0.1, count=5)"},
    "once": {"main": "server = Server(1)\nasyncore.loop(timeout=0.1, count=1)"},
    "how many there are": {"main": f"server = Server(1)\nwhile len(asyncore.socket_map) > 1:\n{PASS}"},
    "how many there are, beside the time": {
        "main": f"server = Server(1)\nt = time.time()\n"
        f"while time.time() < t + 3 and len(asyncore.socket_map) < 3:\n{PASS}"
    },
    "a number of passes": {"main": f"server = Server(1)\nn = 0\nwhile n < 99:\n{PASS}    n += 1"},
    "a number of passes that is told": {
        "main": f"server = Server(1)\nn = 0\nwhile asyncore.socket_map:\n{PASS}    n += 1\nprint(n)"
    },
    "passes that become any some time": {
        "main": f"server = Server(1)\nn = -9\nwhile asyncore.socket_map:\n{PASS}    n += 1\nif n:\n    print(1)"
    },
    "a number of passes at most": {
        "main": f"server = Server(1)\nn = 0\nwhile True:\n{PASS}    n = n + 1\n    if n > 99:\n        break"
    },
    "a number of times": {"main": f"server = Server(1)\nfor _ in range(9):\n{PASS}"},
    "a method": {
        "main": f"server = Server(1)\nwhile server.goes_on():\n{PASS}",
        "server_methods": "def goes_on(self):\n    return len(asyncore.socket_map) < 9",
    },
    "a list that is handed on": {
        "main": f"server = Server(1)\nsessions.append(1)\nwhile sessions:\n{PASS}",
        "found": "self.data = []\nserver.use(sessions)",
        "server_methods": "def use(self, what):\n    what.clear()",
    },
    "a list under another name": {
        "main": f"server = Server(1)\nwhile server.jobs:\n{PASS}",
        "server_methods": "jobs = [1]",
        "found": "jobs = server.jobs\nself.data = []\njobs.clear()",
    },
    "a list that is changed later": {
        "main": f"server = Server(1)\nsessions.append(1)\nwhile sessions:\n{PASS}",
        "found": "self.data = []\nserver.then = lambda: sessions.clear()",
    },
    "a list with a last word": {
        "main": f"server = Server(1)\nsessions.append(1)\nwhile sessions:\n{PASS}",
        "found": "self.data = []\nreturn sessions.clear()",
    },
    "a schedule that is asked something else": {
        "main": f"{SCHEDULE}timers = Timers()\nserver = Server(1)\nwhile asyncore.socket_map:\n"
        "    asyncore.loop(timers.wait(), count=1)\n    if timers.is_late():\n        print(sessions)",
        "found": "self.data = []\ntimers.seen += 1",
    },
    "a schedule and other work": {
        "main": f"{SCHEDULE}timers = Timers()\nserver = Server(1)\nwhile asyncore.socket_map:\n"
        "    asyncore.loop(timers.wait(), count=1)\n    timers.run()\n    print(sessions)",
        "found": "self.data = []\ntimers.at(1)",
    },
    "a schedule with work that is not due": {
        "main": "server = Server(1)\nwhile asyncore.socket_map:\n    asyncore.loop(server.wait(), count=1)\n"
        "    server.look()",
        "server_methods": "due = {}\n\ndef wait(self):\n    return min(self.due.values()) - time.time()\n\n"
        "def look(self):\n    print(len(self.due))",
        "found": "self.data = []\nserver.due[self] = 5",
    },
    "a schedule of something else": {
        "main": f"{SCHEDULE}timers = Timers()\nserver = Server(1)\nwhile asyncore.socket_map:\n"
        "    asyncore.loop(timers.wait(), count=1)\n    timers.look()",
        "found": "self.data = []\ntimers.seen += 1",
    },
    "a parameter": {"main": f"def serve(going):\n    Server(1)\n    while going:\n    {PASS}\nserve([1])"},
    "a flag that two classes have": {
        "main": ATTRIBUTE + PASS,
        "methods": "running = True",
        "server_methods": "running = True",
    },
    "a flag of one of several": {
        "main": f"server = Server(1)\nother = Server(2)\nwhile server.running:\n{PASS}",
        "found": "self.data = []\nserver.running = False",
        "server_methods": "running = True",
    },
    "a flag of the class": {
        "main": ATTRIBUTE + PASS,
        "found": "self.data = []\nServer.running = False",
        "server_methods": "running = True",
    },
    "a flag beside __slots__": {
        "main": "class App:\n    __slots__ = ['on']\n\n    def __init__(self):\n        self.on = True\n\n"
        f"app = App()\nserver = Server(1)\nwhile app.on:\n{PASS}",
        "found": "self.data = []\napp.on = False",
    },
    "a flag in a tuple": {"main": FLAG + PASS, "found": "global running\nself.data, running = [], False"},
    "two objects": {
        "main": f"server = Server(1)\nwhile server.running and running:\n{PASS}",
        "found": "global running\nself.data = []\nrunning = False\nserver.running = False",
        "server_methods": "running = True",
    },
    "what is made in between, beside a flag": {
        "main": f"server = Server(1)\nwhile server.running or asyncore.socket_map:\n    Server(2)\n{PASS}",
        "found": "self.data = []\nserver.running = False",
        "server_methods": "running = True",
    },
    "a list of its own that is handed on": {"main": LIST.replace("Server(1)", "Server(jobs)")},
    "another way out in a try": {
        "main": f"server = Server(1)\ntry:\n    while True:\n    {PASS}finally:\n    sessions[0].close()",
        "found": "self.data = []\nsys.exit()",
    },
    "a function in it": {"main": f"server = Server(1)\nwhile True:\n{PASS}    def inner():\n        pass"},
    "a name of ours": {
        "main": f"def serving():\n    pass\n\nserver = Server(1)\nwhile True:\n{PASS}    ticking = True"
    },
    "twice": {
        "main": f"def serve():\n    while server.going:\n    {PASS}\nserver = Server(1)\nserve()\nserve()",
        "server_methods": "going = True",
    },
    "a private map": {
        "main": "server = Server(1)\nwhile True:\n    asyncore.loop(timeout=0.1, map={}, count=1)",
    },
}


def codes(tree: Tree, parts: dict[str, str]) -> set[str]:
    tree.write("main.py", program(imports="import time\nrunning = True\nsessions = []", **parts))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize("parts", BECOME.values(), ids=BECOME.keys())
def test_a_polled_loop_becomes_a_coroutine(tree: Tree, parts: dict[str, str]) -> None:
    assert codes(tree, parts) == {"STREAMS"}


@pytest.mark.parametrize("parts", STAY.values(), ids=STAY.keys())
def test_one_that_is_not_understood_stays_on_the_bridge(tree: Tree, parts: dict[str, str]) -> None:
    found = codes(tree, parts)
    assert "STREAMS" not in found
    assert found & {"LOOP", "AFTER-LOOP", "MAP", "ASYNCORE-USE"}


APP = (
    "class App:\n    going = True\n\n    def __init__(self):\n        self.server = Server(1)\n\n"
    "    def serve(self):\n        {before}while self.going:\n        {loop}        return 3\n\n{behind}"
)
METHODS = {  # whether the method itself becomes the coroutine
    "all of it": ("", "print(App().serve())", True),
    "with a preparation": ("count = 1\n        ", "print(App().serve())", True),
    "with a question first": ("input()\n        ", "print(App().serve())", False),
    "called by its name": ("", "getattr(App(), 'serve')()", False),
    "called by a lambda": ("", "serve = lambda: App().serve()\nserve()", False),
}


@pytest.mark.parametrize(("before", "behind", "becomes"), METHODS.values(), ids=METHODS.keys())
def test_a_method_becomes_the_coroutine(tree: Tree, before: str, behind: str, becomes: bool) -> None:
    main = APP.format(before=before, loop=PASS, behind=behind)
    tree.write("main.py", program(imports="import time", main=main))
    outcome = run([tree.root], Options())
    new = outcome.changed[0].new.decode()
    assert ("    async def serve(self):" in new) == becomes
    assert not becomes or "asyncio.run(App().serve())" in new


def test_a_signal_may_end_a_loop_that_has_not_begun(tree: Tree) -> None:
    """The flag is set where the loop begins, so that the event is declared beside something else."""
    main = (
        "class App:\n    def __init__(self):\n        self.server = Server(1)\n        self.turns = 0\n\n"
        f"    def serve(self):\n        self.going = True\n        while self.going:\n        {PASS}\n"
        "    def stop(self, *args):\n        self.going = False\n\n"
        "app = App()\nsignal.signal(signal.SIGTERM, app.stop)\napp.serve()\n"
    )
    tree.write("main.py", program(imports="import signal", main=main))
    outcome = run([tree.root], Options())
    new = outcome.changed[0].new.decode()
    assert "        self.turns = 0\n        self.woken = None  # an event, once there is a loop\n" in new
    assert "        self.going = False\n        if self.woken is not None:\n            self.woken.set()\n" in new


CALLER = """\
import asyncore, socket, sys, time

class Caller(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def writable(self):
        return not self.connected

    def handle_read(self):
        print(self.recv(100))

caller = Caller(1)
calls = 2
while calls:
    asyncore.loop(timeout=0.1, count=1)
    if not asyncore.socket_map:
        calls -= 1
        if calls:
            caller = Caller(1)
"""


def test_what_is_driven_first_is_made_before_it_is_needed(tree: Tree) -> None:
    tree.write("main.py", CALLER)
    new = run([tree.root], Options()).changed[0].new.decode()
    made, begun = new.index("\ncaller = Caller(1)\n"), new.index("tasks.begin(caller.run())")
    assert made < begun < new.index("calls = 2") and "global caller\n" in new


ROUNDS = """import asyncore

class Gate(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def handle_read(self):
        print(self.recv(100))

    def writable(self):
        return not self.connected

    def handle_write(self):
        pass

def walk(number):
    gates = [Gate(port) for port in (1, 2)]
    while {test}:
        asyncore.loop(timeout=0.1, count=1)
        for gate in gates:
            {then}

for number in (1, 2):
    {call}
"""
AGAIN = {
    "until all is done": ({}, True),
    "until told": ({"test": "number"}, False),
    "perhaps not to the end": ({"then": "gate.close()\n        break"}, False),
    "though it may fail": ({"call": "try:\n        walk(number)\n    except ValueError:\n        pass"}, False),
    "after Ctrl-C": ({"call": "try:\n        walk(number)\n    except KeyboardInterrupt:\n        pass"}, False),
}


@pytest.mark.parametrize(("parts", "becomes"), AGAIN.values(), ids=AGAIN.keys())
def test_a_function_that_leaves_nothing_may_poll_again(tree: Tree, parts: dict[str, str], becomes: bool) -> None:
    usual = {"test": "asyncore.socket_map", "then": "gate.close()", "call": "walk(number)"}
    path = tree.write("main.py", ROUNDS.format(**{**usual, **parts}))
    fix(tree.root)
    assert ("while not serving.done():" in path.read_text()) is becomes
    assert ("import asyncore" not in path.read_text()) is becomes
