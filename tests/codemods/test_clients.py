"""Clients and what may happen to them before they are connected; names that their authors use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import fix, said

from asyncore_codemods.options import Options

if TYPE_CHECKING:
    from conftest import Tree

CLIENT = """import asynchat
import asyncore
import sys


class Client(asynchat.async_chat):
    def __init__(self, port):
        asynchat.async_chat.__init__(self)
        self.data = []
        self.set_terminator(b"\\n")
        {connect}
        {init}

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        print(b"".join(self.data))
        self.data = []
        {found}

    def handle_close(self):
        print("closed")
        self.close()
{methods}

client = Client(int(sys.argv[1]))
{main}
asyncore.loop()
"""
AGAIN = '\n    def again(self):\n        self.create_socket()\n        self.connect(("", self.port))\n'
CONNECT = 'self.create_socket()\n        self.connect(("127.0.0.1", port))'

GREETING = "\n    def handle_connect(self):\n        self.push(b'x')\n"


def client(*, connect: str = CONNECT, init: str = "", found: str = "", methods: str = "", main: str = "") -> str:
    return CLIENT.format(connect=connect, init=init, found=found, methods=methods, main=main)


@pytest.mark.parametrize(
    "parts",
    [
        {"main": "client.close()"},
        {"main": "client.stop()", "methods": "\n    def stop(self):\n        self.close()\n"},
        {"init": "if port < 0:\n            self.close()"},
    ],
)
def test_one_that_is_closed_early_never_connects(tree: Tree, parts: dict[str, str]) -> None:
    path = tree.write("main.py", client(**parts))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    run = text[text.index("async def run") :]
    assert run.index("if self.closed:\n            return") < run.index("open_connection")
    assert "if self.closed:  # meanwhile\n            self.writer.close()" in run


def test_one_that_is_left_alone_is_not_asked(tree: Tree) -> None:
    path = tree.write("main.py", client(found="self.close()"))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert "if self.closed:" not in text


def test_an_attribute_of_the_authors_keeps_its_name(tree: Tree) -> None:
    path = tree.write("main.py", client(init="self.closed = 0", found="self.closed += 1\n        self.close()"))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert "self.has_ended = True" in text


def test_addresses_of_others_are_not_its_own(tree: Tree) -> None:
    """Where others have an addr, too, whose it is that somebody asks for may not be clear: a client has its own."""
    init = "self.other = sys.modules[__name__]"
    path = tree.write("main.py", client(init=init, found="print(self.other.addr)", main="addr = 1"))
    fix(tree.root)
    text = path.read_text()
    assert "peername" not in text
    assert 'self.addr = ("127.0.0.1", port)' in text


@pytest.mark.parametrize(
    "parts",
    [
        {
            "main": "client.close_when_done()",
            "methods": GREETING + AGAIN,
            "found": "self.again()",
        },
        {"connect": "self.port = port", "methods": AGAIN, "main": "client.again()\nclient.again()"},
        {"connect": "self.port = port\n        self.again()", "methods": AGAIN, "main": "client.again()"},
        {"connect": "self.port = port\n        self.retry = self.again\n        self.retry()", "methods": AGAIN},
        {"connect": CONNECT + '\n        self.connect(("127.0.0.1", 1))'},
        {"connect": 'self.connect(("127.0.0.1", port))\n        self.create_socket()'},
        {"connect": CONNECT.replace("()", "(socket.AF_INET6)", 1), "methods": AGAIN, "found": "self.again()"},
    ],
)
def test_what_cannot_be_told_stays_on_the_bridge(tree: Tree, parts: dict[str, str]) -> None:
    path = tree.write("main.py", client(**parts))
    outcome = fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()
    assert "CLIENT" in {finding.code.value for finding in outcome.findings}


def test_nothing_follows_the_end_not_even_a_greeting(tree: Tree) -> None:
    path = tree.write("main.py", client(main="client.close_when_done()", methods=GREETING))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    push = text[text.index("def push") :]
    assert push.index("if self.finished:\n            return") < push.index("self.writer.write(data)")


CONNECTED = (
    "\n    def handle_connect(self):\n        {greeting}\n\n    def ask(self):\n        return self.connected\n"
)


def test_what_is_asked_for_is_kept(tree: Tree) -> None:
    methods = CONNECTED.format(greeting="self.push(b'x')")
    path = tree.write("main.py", client(main="print(client.connected)", methods=methods))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert "self.handle_connect()\n            self.connected = True" in text
    assert "self.closed = True\n        self.connected = False" in text


@pytest.mark.parametrize(
    "parts",
    [
        {"methods": CONNECTED.format(greeting="self.close()")},
        {"found": "self.connected = False", "methods": CONNECTED.format(greeting="self.push(b'x')")},
        {"main": "print(client.connected)", "methods": CONNECTED.format(greeting="self.handle_close()")},
    ],
)
def test_what_asyncore_would_not_have_said_is_not_said(tree: Tree, parts: dict[str, str]) -> None:
    path = tree.write("main.py", client(**parts))
    outcome = fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()
    assert "INTERNALS" in {finding.code.value for finding in outcome.findings}


WORKER = """import {module}

class Worker({module}.Thread):
    def __init__(self, client):
        super().__init__(daemon=True)
        self.client = client

    def run(self):
        {work}
"""


@pytest.mark.parametrize(
    ("work", "stays"),
    [("self.client.close()", True), ("self.client.push(b'x')", False), ("print('working')", False)],
)
def test_a_worker_in_another_file_is_seen(tree: Tree, work: str, *, stays: bool) -> None:
    tree.write("worker.py", WORKER.format(module="threading", work=work))
    path = tree.write("main.py", "import worker\n" + client(main="worker.Worker(client).start()"))
    outcome = fix(tree.root)
    assert ("from asyncore_bridge import asyncore" in path.read_text()) == stays
    assert ("THREADS" in {finding.code.value for finding in outcome.findings}) == stays


LED = """

    def run(self, port):
        self.begin(port)
        asyncore.loop()

    def begin(self, port):
        self.create_socket()
        self.connect(("127.0.0.1", port))
"""


@pytest.mark.parametrize(
    ("main", "methods", "stays"),
    [
        ("client.run(1)", LED, False),
        (
            "client.run(1)",
            LED.replace("begin", "connect").replace("self.connect((", "asynchat.async_chat.connect(self, (", 1),
            False,
        ),
        ("client.run(1)\nclient.run(2)", LED, True),
        (
            "client.run(1)",
            LED.replace("        self.begin(port)", "        for _ in range(2):\n            self.begin(port)"),
            True,
        ),
        ("client.run(1)\nclient.begin(2)", LED, True),
        ("for port in (1, 2):\n    client.run(port)", LED, True),
    ],
)
def test_a_method_may_lead_to_one_that_connects(tree: Tree, main: str, methods: str, *, stays: bool) -> None:
    text = client(connect="self.port = port", main=main, methods=methods)
    path = tree.write("main.py", text.removesuffix("asyncore.loop()\n"))
    fix(tree.root)
    assert ("from asyncore_bridge import asyncore" in path.read_text()) == stays


TOLD = """import asyncore
import socket
import sys


class Client(asyncore.dispatcher_with_send):
    def __init__(self):
        asyncore.dispatcher_with_send.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)

    def handle_connect(self):
        self.send(b"hello")

    def handle_read(self):
        print(self.recv(100))


ADDRESS = sys.argv[1], int(sys.argv[2])
{main}
asyncore.loop()
"""


@pytest.mark.parametrize(
    "main",
    [
        "client = Client()\nclient.connect(ADDRESS)",
        "one = Client()\ntwo = Client()\none.connect(ADDRESS)\ntwo.connect(ADDRESS)",
    ],
)
def test_one_may_be_told_where_to_connect_by_its_maker(tree: Tree, main: str) -> None:
    path = tree.write("main.py", TOLD.format(main=main))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert ".addr = ADDRESS" in text


@pytest.mark.parametrize(
    "main",
    [
        "client = Client()",
        "client = Client()\nif len(sys.argv) > 2:\n    client.connect(ADDRESS)",
        "client = Client()\nclient.connect(ADDRESS)\nclient.connect(ADDRESS)",
        "client = Client()\nclient.connect(*sys.argv)",
        "client = Client()\nother = Client()\nclient.connect(ADDRESS)",
        "client = Client()\nfailed = client.connect(ADDRESS)",
        "def tell(client):\n    client.connect(ADDRESS)\n\n\ntell(Client())",
        "client = Client()\n\n\ndef tell():\n    client.connect(ADDRESS)\n\n\ntell()",
    ],
)
def test_one_that_may_be_told_at_another_time_stays(tree: Tree, main: str) -> None:
    path = tree.write("main.py", TOLD.format(main=main))
    fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()


GREETS = "\n    def handle_connect(self):\n        self.push(b'hello')\n"
COMMAND = "def leave(client):\n    client.close_when_done()\n\nclient.commands['leave'] = leave"


def test_commands_that_close_when_done_are_called_by_handlers(tree: Tree) -> None:
    path = tree.write("main.py", client(init="self.commands = {}", methods=GREETS, main=COMMAND))
    fix(tree.root)
    assert "asyncore" not in path.read_text()


def test_one_that_has_run_the_loop_is_not_driven_by_the_next(tree: Tree) -> None:
    main = "client.run(1)\nsecond = Client(2)\nsecond.begin(2)"
    path = tree.write("main.py", client(connect="self.port = port", main=main, methods=LED))
    outcome = fix(tree.root)
    assert "from asyncore_bridge import asyncore" in path.read_text()
    messages = [finding.message for finding in outcome.findings]
    assert any("runs the loop in several functions for the same objects" in message for message in messages)


def test_who_uses_a_library_may_tell_a_client_to_connect_as_often_as_they_like(tree: Tree) -> None:
    methods = "\n    def go(self):\n        self.connect(('127.0.0.1', self.port))\n"
    library = client(connect="self.create_socket()", init="self.port = port", methods=methods)
    tree.write("lib.py", library.partition("client = ")[0])
    assert "may connect again" in said(fix(tree.root, Options(unsafe=True)), tree.root)


def test_one_that_nobody_tells_to_connect(tree: Tree) -> None:
    methods = "\n    def go(self):\n        self.connect(('127.0.0.1', self.port))\n"
    tree.write("main.py", client(connect="self.create_socket()", init="self.port = port", methods=methods))
    assert "connects in go(), which is not called where it is made" in said(fix(tree.root), tree.root)


PRODUCER = """
    def handle_connect(self):
        self.push_with_producer(Lines())


class Lines:
    left = 3

    def more(self):
        self.left -= 1
        return b"line\\n" if self.left > 0 else b""

"""


@pytest.mark.parametrize("found", ["", "if self.connected:\n            self.push(b'!')"])
def test_one_that_sends_a_producer_first_is_connected_meanwhile(tree: Tree, found: str) -> None:
    path = tree.write("main.py", client(methods=PRODUCER, found=found))
    outcome = fix(tree.root)
    stays = bool(found)
    assert ("await self.handle_connect()" in path.read_text()) is not stays
    assert ("PRODUCER" in said(outcome, tree.root)) is stays


@pytest.mark.parametrize(
    ("main", "stays"),
    [
        ("for port in 1, 2:\n    try:\n        Client(port)\n    except OSError:\n        print('no')", True),
        ("for port in 1, 2:\n    try:\n        Client(port)\n    except OSError:\n        sys.exit('no')", False),
    ],
)
@pytest.mark.parametrize("host", ["sys.argv[2]", '"127.0.0.1"'])
def test_one_whose_host_is_not_found_was_in_the_map_all_the_same(
    tree: Tree, host: str, main: str, *, stays: bool
) -> None:
    connect = CONNECT.replace('"127.0.0.1"', host)
    tree.write("main.py", client(connect=connect).replace("client = Client(int(sys.argv[1]))", main))
    outcome = fix(tree.root)
    is_asked = "sys" in host
    assert ("may stay in the map when its host is not found" in said(outcome, tree.root)) is (stays and is_asked)


@pytest.mark.parametrize("says", [True, False])
def test_one_that_a_handler_makes_may_hear_of_a_host_that_is_not_found(tree: Tree, *, says: bool) -> None:
    connect = CONNECT.replace('"127.0.0.1"', "sys.argv[2]")
    hook = "    def handle_close(self):\n        " + "print('gone')\n        " * says + "self.close()\n"
    again = "try:\n            Client(1)\n        except OSError:\n            self.push(b'no')"
    tree.write("main.py", client(connect=connect, found=again, methods=hook))
    assert ("may stay in the map" in said(fix(tree.root), tree.root)) is says


@pytest.mark.parametrize(
    ("main", "raises"),
    [
        ("try:\n    client = Client(1)\nexcept OSError:\n    sys.exit('no')", True),
        ("try:\n    client = Client(1)\nexcept ValueError:\n    sys.exit('no')", False),
        ("try:\n    print(1)\nexcept OSError:\n    sys.exit('no')\nclient = Client(1)", False),
    ],
)
def test_an_unknown_host_is_noticed_where_that_is_caught(tree: Tree, main: str, *, raises: bool) -> None:
    connect = CONNECT.replace('"127.0.0.1"', "sys.argv[2]")
    path = tree.write("main.py", client(connect=connect).replace("client = Client(int(sys.argv[1]))", main))
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    assert ("socket.gethostbyname(self.addr[0])" in text) is raises
    assert ("except socket.gaierror:" in text) is not raises


RUN = "\n    def run(self):\n        CONNECT\n        asyncore.loop()\n"
TURN = """while True:
    try:
        bot = Client(1)
        bot.run()
    except Exception:
        time.sleep(10)
"""


@pytest.mark.parametrize(
    ("main", "found", "stays"),
    [
        (TURN, "pass", False),
        ("for port in 1, 2:\n    Client(port).run()\n", "pass", False),
        (TURN.replace("except Exception", "finally"), "pass", False),
        (TURN, "raise asyncore.ExitNow", True),
        (TURN.replace("except Exception", "except KeyboardInterrupt"), "pass", True),
        (TURN.replace("        bot.run()\n", ""), "pass", True),
        (TURN.replace("bot.run()", "bot.port = 2"), "pass", True),
        (TURN.replace("bot.run()", "if bot.port:\n            bot.run()"), "pass", True),
    ],
)
def test_each_runs_to_its_end_before_the_next_is_made(tree: Tree, main: str, found: str, *, stays: bool) -> None:
    methods = RUN.replace("CONNECT", CONNECT.replace("port", "self.port"))
    text = client(connect="self.port = port", found=found, methods=methods)
    tree.write("main.py", f"import time\n{text.partition('client = ')[0]}{main}")
    outcome = fix(tree.root)
    assert bool({"LOOP", "CLIENT", "EXIT-NOW"} & {finding.code.value for finding in outcome.findings}) is stays


@pytest.mark.parametrize("host", ["sys.argv[2]", '"127.0.0.1"'])
def test_one_whose_host_is_not_found_is_still_there_in_the_next_turn(tree: Tree, host: str) -> None:
    methods = RUN.replace("CONNECT", CONNECT.replace("port", "self.port").replace('"127.0.0.1"', host))
    text = client(connect="self.port = port", methods=methods)
    tree.write("main.py", f"import time\n{text.partition('client = ')[0]}{TURN}")
    assert ("may stay in the map" in said(fix(tree.root), tree.root)) is ("sys" in host)
