"""writable() may only ask whether there is something to send: anything else decides when it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run

if TYPE_CHECKING:
    from conftest import Tree

ECHO = """\
import asyncore


class Echo(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""

    def handle_read(self):
        data = self.recv(100)
        if data:
            self.out += data

    def writable(self):
        {asks}

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("", 7000))
        {listen}

    def handle_accepted(self, sock, addr):
        Echo(sock)


Server()
asyncore.loop()
"""
ASKS = (
    "return len(self.out) > 0",
    "return len(self.out) >= 1",
    "return bool(self.out)",
    "return self.out",
    "return self.out != b''",
    "return self.connected and len(self.out) != 0",
    "return not self.connected or self.out",
    "if self.out:\n            return True\n        return False",
)
WAITS = ("return len(self.out) > 1", "return len(self.out) >= 64")
NEVER_ENDS = (
    "return not self.connected and self.out",
    "return not self.out",
    "return self.out == b''",
    "return len(self.out) < 10",
    "if self.out:\n            return False\n        return True",
)


def rewritten(tree: Tree, asks: str, listen: str = "self.listen(5)") -> str:
    outcome = run([tree.write("main.py", ECHO.format(asks=asks, listen=listen))])
    return outcome.changed[0].new.decode()


@pytest.mark.parametrize("asks", ASKS)
def test_what_asks_for_output_goes(tree: Tree, asks: str) -> None:
    assert "writable" not in rewritten(tree, asks)


@pytest.mark.parametrize("asks", WAITS)
def test_what_waits_for_more_is_still_asked(tree: Tree, asks: str) -> None:
    assert "while self.writable()" in rewritten(tree, asks)


@pytest.mark.parametrize("asks", NEVER_ENDS)
def test_what_never_says_no_stays_on_the_bridge(tree: Tree, asks: str) -> None:
    assert "asyncore_bridge" in rewritten(tree, asks)


@pytest.mark.parametrize("listen", ["if self.addr:\n            self.listen(5)", "return\n        self.listen(5)"])
def test_a_listener_that_may_not_listen_stays(tree: Tree, listen: str) -> None:
    assert "asyncore_bridge" in rewritten(tree, ASKS[0], listen)


CALLS = """import asyncore


class Side(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.out = b"hello"
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def writable(self):
        {base}

    def handle_read(self):
        print(self.recv(100))

    def handle_write(self):
        self.out = self.out[self.send(self.out):]


class Call(Side):
    def writable(self):
        {asks}


call = Call(1)
asyncore.loop()
"""
ASKED = "return bool(self.out)"
BECOME = ["return not self.connected or Side.writable(self)", "return self.connecting or super().writable()"]
STAY = {
    "the removed class": (ASKED, "return not self.connected or asyncore.dispatcher.writable(self)"),
    "one that says yes": ("return True", "return not self.connected or Side.writable(self)"),
    "one that says no": ("return False", "return not self.connected or Side.writable(self)"),
    "something else": (ASKED, "return not self.connected or Side.readable(self)"),
    "the opposite": (ASKED, "return not Side.writable(self)"),
}


def _codes(tree: Tree, base: str, asks: str) -> set[str]:
    tree.write("main.py", CALLS.format(base=base, asks=asks))
    outcome = run([tree.root], Options())
    assert not outcome.errors, outcome.errors
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"}


@pytest.mark.parametrize("asks", BECOME)
def test_the_base_class_is_asked_for_the_buffer(tree: Tree, asks: str) -> None:
    assert _codes(tree, ASKED, asks) == {"STREAMS"}


@pytest.mark.parametrize(("base", "asks"), STAY.values(), ids=STAY.keys())
def test_it_asks_for_something_else(tree: Tree, base: str, asks: str) -> None:
    assert "STREAMS" not in _codes(tree, base, asks)
