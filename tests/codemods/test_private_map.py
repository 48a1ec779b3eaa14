"""A socket map of the program's own: it goes if everything lives in it and nothing else looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """\
import asynchat
import asyncore
import sys
import time
{top}

class Session(asynchat.async_chat):
    def __init__(self, sock{session}):
        asynchat.async_chat.__init__(self, sock{session_map})
        self.set_terminator(b"\\n")
        self.data = b""

    def collect_incoming_data(self, data):
        self.data += data

    def found_terminator(self):
        self.push({sends})
        {more_sends}
        self.data = b""


class Server(asyncore.dispatcher):
    def __init__(self, port{server}):
        asyncore.dispatcher.__init__(self{server_map})
        {body}
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock{given})

{more}

{main}
"""
MAP = {"top": "sockets = {}\n", "session_map": ", map=sockets", "server_map": ", map=sockets"}
PASSED = {
    "session": ", map=None",
    "session_map": ", map",
    "server": ", map=None",
    "server_map": ", map=map",
    "given": ", self._map",
}
LOOP = "Server(1)\nasyncore.loop(map=sockets)"

GOES = {
    "of the module": {**MAP, "main": LOOP},
    "by position": {**MAP, "main": "Server(1)\nasyncore.loop(30, False, sockets)"},
    "passed": {**PASSED, "main": "sockets = {}\nServer(1, sockets)\nasyncore.loop(map=sockets)"},
    "passed by name": {**PASSED, "main": "sockets = dict()\nServer(1, map=sockets)\nasyncore.loop(map=sockets)"},
    "of a function": {
        **PASSED,
        "main": "def main():\n    sockets = {}\n    Server(1, sockets)\n    asyncore.loop(map=sockets)\n\nmain()",
    },
    "of an object": {
        **PASSED,
        "given": ", self.sockets",
        "body": "self.sockets = map",
        "main": (
            "class App:\n    def __init__(self):\n        self.sockets = {}\n"
            "        self.server = Server(1, self.sockets)\n\n"
            "    def run(self):\n        asyncore.loop(map=self.sockets)\n\nApp().run()"
        ),
    },
    "of a reactor": {
        "session": ", reactor",
        "session_map": ", map=reactor.sockets",
        "server": ", reactor",
        "body": "self.reactor = reactor",
        "server_map": ", map=reactor.sockets",
        "given": ", self.reactor",
        "main": (
            "class Reactor:\n    def __init__(self):\n        self.sockets = {}\n\n"
            "reactor = Reactor()\nserver = Server(1, reactor)\nasyncore.loop(map=reactor.sockets)"
        ),
    },
    "closed at last": {
        **MAP,
        "main": f"server = Server(1)\ntry:\n    {LOOP[10:]}\nexcept KeyboardInterrupt:\n"
        "    asyncore.close_all(sockets)",
    },
    "polled": {**MAP, "main": "server = Server(1)\nwhile True:\n    asyncore.loop(0.1, map=sockets, count=1)"},
    "polled in a method": {
        **MAP,
        "more": "    def pump(self):\n        asyncore.poll(0.0, sockets)\n",
        "main": "server = Server(1)\nwhile True:\n    server.pump()\n    time.sleep(0.1)",
    },
    "until it is empty": {
        **MAP,
        "main": "server = Server(1)\nwhile sockets:\n    asyncore.loop(0.1, map=sockets, count=1)",
    },
    "asked between the passes": {
        **MAP,
        "main": (
            "server = Server(1)\nwhile True:\n    asyncore.loop(0.1, map=sockets, count=1)\n"
            "    if not sockets:\n        break"
        ),
    },
    "counted by a session": {**MAP, "sends": "b'%d' % len(sockets)", "main": LOOP},
    "closed by a session": {**MAP, "more_sends": "asyncore.close_all(sockets)", "main": LOOP},
}

STAYS = {
    "the loop serves another": {**MAP, "main": "Server(1)\nasyncore.loop()"},
    "the listener lives in another": {**MAP, "server_map": "", "main": LOOP},
    "the sessions live in another": {**MAP, "session_map": "", "main": LOOP},
    "two of them": {**MAP, "top": "sockets = {}\nothers = {}", "session_map": ", map=others", "main": LOOP},
    "it is counted": {**MAP, "main": f"{LOOP}\nprint(len(sockets))"},
    "it holds something": {**MAP, "top": "sockets = {1: None}", "main": LOOP},
    "it is asyncore's": {**MAP, "top": "sockets = asyncore.socket_map", "main": LOOP},
    "it is given another value": {**MAP, "top": "sockets = {}\nif sys.argv[1:]:\n    sockets = {}", "main": LOOP},
    "it is counted by the listener": {
        **MAP,
        "more": "    def pump(self):\n        return len(sockets)\n",
        "main": f"print({LOOP[:9]}.pump())\n{LOOP}",
    },
    "it is emptied": {**MAP, "more_sends": "sockets.clear()", "main": LOOP},
    "something is taken out": {**MAP, "more_sends": "del sockets[self._fileno]", "main": LOOP},
    "something is looked up": {**MAP, "sends": "b'%d' % (5 in sockets)", "main": LOOP},
    "another is closed": {**MAP, "more_sends": "asyncore.close_all({})", "main": LOOP},
    "it is given to somebody": {**MAP, "main": f"print(sockets)\n{LOOP}"},
    "not always given": {
        **PASSED,
        "main": "sockets = {}\nServer(1)\nServer(2, sockets)\nasyncore.loop(map=sockets)",
    },
    "one each": {
        **PASSED,
        "main": "for port in (1, 2):\n    sockets = {}\n    Server(port, sockets)\n    asyncore.loop(map=sockets)",
    },
    "asyncore's is looked at": {**MAP, "main": f"{LOOP}\nprint(asyncore.socket_map)"},
    "the object's own is looked at": {**MAP, "body": "print(self._map)", "main": LOOP},
    "made by a name for the class": {
        **PASSED,
        "main": "sockets = {}\nmake = Server\nmake(1, sockets)\nasyncore.loop(map=sockets)",
    },
}


def codes(tree: Tree, parts: dict[str, str]) -> set[str]:
    names = ("top", "session", "session_map", "server", "server_map", "given", "more", "more_sends", "main")
    given = {**dict.fromkeys(names, ""), "body": "self.port = port", "sends": "self.data", **parts}
    tree.write("main.py", PROGRAM.format(**given))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    for file in outcome.changed:
        compile(file.new, file.path, "exec")
        if "asyncore_bridge" not in file.new.decode():
            assert "sockets" not in file.new.decode()
            assert "map" not in file.new.decode()
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize("parts", GOES.values(), ids=GOES.keys())
def test_one_map_for_everything_goes(tree: Tree, parts: dict[str, str]) -> None:
    assert codes(tree, parts) == {"STREAMS"}


@pytest.mark.parametrize("parts", STAYS.values(), ids=STAYS.keys())
def test_a_map_that_may_matter_stays(tree: Tree, parts: dict[str, str]) -> None:
    found = codes(tree, parts)
    assert "STREAMS" not in found


BASED = """\
import asynchat, asyncore, sys

class Base(asynchat.async_chat):
    def __init__(self, sock=None, map=None):
        asynchat.async_chat.__init__(self, sock, map)
        self.set_terminator(b"\\n")
        self.line = b""

    def collect_incoming_data(self, data):
        self.line += data

    def found_terminator(self):
        line, self.line = self.line, b""
        self.push(line)

class Session(Base):
    def __init__(self, sock):
        Base.__init__(self, {arguments})

class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)

Server(int(sys.argv[1]))
asyncore.loop()
"""


@pytest.mark.parametrize(
    ("arguments", "becomes"), [("sock", True), ("sock=sock", True), ("sock, MAPS[0]", False), ("*sock", False)]
)
def test_a_base_class_may_have_a_parameter_that_nobody_gives(tree: Tree, arguments: str, becomes: bool) -> None:
    tree.write("main.py", BASED.format(arguments=arguments))
    found = {finding.code.value for finding in run([tree.root], Options()).findings}
    assert ("STREAMS" in found) is becomes
