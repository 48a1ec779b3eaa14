"""Lists of connections' sockets: what may be done with them, and what keeps the program on the bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import run

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """
import asyncore
{imports}
peers = {peers}

def tell(data):
    gone = []
    for peer in {walked}:
        try:
            {send}
        except {errors}:
            {then}
    {rest}

class Peer(asyncore.dispatcher_with_send):
    def handle_read(self):
        data = self.recv(512)
        if data:
            tell(data)

class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        sock, addr = self.accept()
        {put}
        Peer(sock)

Server(7000)
asyncore.loop()
"""
PLAIN = {
    "imports": "",
    "peers": "[]",
    "walked": "peers",
    "send": "peer.send(data)",
    "errors": "OSError",
    "then": "gone.append(peer)",
    "rest": "for peer in gone:\n        peers.remove(peer)",
    "put": "peers.append(sock)",
}


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"errors": "Exception", "send": "peer.sendall(b'>' + data)", "then": "pass"},
        {"peers": "{}", "walked": "list(peers.values())", "put": "peers[addr] = sock", "rest": "print('told')"},
        {"peers": "set()", "walked": "peers.copy()", "put": "peers.add(sock)", "then": "peers.discard(peer)"},
        {"walked": "peers[:]", "errors": "OSError as e", "then": "print('gone')\n            peers.remove(peer)"},
        {"rest": "print(len(peers))\n    if not peers:\n        peers.clear()"},
    ],
)
def test_becomes_a_list_of_writers(tree: Tree, parts: dict[str, str]) -> None:
    findings = run([tree.write("main.py", PROGRAM.format(**{**PLAIN, **parts}))]).findings
    assert {finding.code for finding in findings} == {"STREAMS"}


@pytest.mark.parametrize(
    "parts",
    [
        {"errors": "ConnectionError"},  # a socket that has been closed is another error
        {"errors": "OSError as e", "then": "print(e)"},
        {"send": "print(peer.send(data))"},
        {"send": "peer.shutdown(1)"},
        {"then": "print('gone', peer)"},
        {"then": "gone.append(peer)\n            peer.close()"},
        {"rest": "peers.append(object())"},
        {"rest": "return peers"},
        {"rest": "global peers\n    peers = gone"},
        {"imports": "import threading\nthreading.Timer(1, lambda: tell(b'tick')).start()"},
        {"walked": "sorted(peers)"},
        {"peers": "[print]"},
    ],
)
def test_stays_a_list_of_sockets(tree: Tree, parts: dict[str, str]) -> None:
    findings = run([tree.write("main.py", PROGRAM.format(**{**PLAIN, **parts}))]).findings
    assert "STREAMS" not in {finding.code for finding in findings}


def test_a_list_that_others_import_stays(tree: Tree) -> None:
    tree.write("other.py", "from main import peers\n")
    findings = run([tree.write("main.py", PROGRAM.format(**PLAIN)).parent]).findings
    assert "STREAMS" not in {finding.code for finding in findings}
