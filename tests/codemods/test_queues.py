"""Producers that a task sends: what it must not be noticed by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import run

if TYPE_CHECKING:
    from conftest import Tree

PROGRAM = """
import asynchat, asyncore
{imports}

class Pages:
    def __init__(self, pages, owner=None):
        self.pages, self.at = pages, 0
        self.owner = owner

    def more(self):
        {more}

class Desk:
    def __init__(self):
        self.pages, self.sent = [b"a", b"b"], 0

    def serve(self, session, pages):
        {serve}

class Session(asynchat.async_chat):
    def __init__(self, sock, desk):
        asynchat.async_chat.__init__(self, sock)
        self.desk, self.data = desk, []
        self.set_terminator(b"\\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        {found}

    {methods}

class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.desk = Desk()
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock, self.desk)

Server(7000)
asyncore.loop()
"""
REQUEST = """
class Request:
    def __init__(self, session):
        self.session, self.out = session, []

    def add(self, page):
        self.out.append(page)

    def done(self):
        self.out.insert(0, b"head")
        self.session.push_with_producer(Pages(self.out))
"""
ANSWER = "request = Request(self)\n        if not line:\n            request.done()\n            return\n        "
PLAIN = {
    "imports": "",
    "more": "self.at += 1\n        return b'' if self.at > len(self.pages) else self.pages[self.at - 1]",
    "serve": "session.push_with_producer(Pages(pages))",
    "found": "self.desk.serve(self, [line])",
    "methods": "",
}


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({}, ""),
        ({"found": "self.desk.serve(self, self.desk.pages)"}, ""),
        ({"found": "self.desk.pages.append(line)\n        self.desk.serve(self, list(self.desk.pages))"}, ""),
        ({"serve": "session.push_with_producer(asynchat.simple_producer(b''.join(pages)))"}, ""),
        (
            {"found": "self.desk.pages.append(line)\n        self.desk.serve(self, self.desk.pages)"},
            "may look at pages",
        ),
        (
            {"found": "pages = self.desk.pages\n        self.desk.serve(self, pages)\n        del pages[0]"},
            "may look at pages",
        ),
        (
            {
                "more": "self.at += 1\n        return self.pages.readline()",
                "serve": "with open('x', 'rb') as file:\n            session.push_with_producer(Pages(file))",
            },
            "may look at file",
        ),
        (
            {
                "more": "return self.owner.name if self.owner else b''",
                "methods": "def rename(self, name):\n        self.name = name",
            },
            "may look at name",
        ),
        ({"more": "self.owner.push(b'x')\n        return b''"}, "may send something themselves"),
        (
            {"more": "self.owner.bow_out()\n        return b''", "methods": "def bow_out(self): self.push(b'.')"},
            "may send",
        ),
        ({"more": "told = self.owner\n        told()\n        return b''"}, "may send something themselves"),
        ({"more": "self.owner()\n        return b''"}, "may send something themselves"),
        (
            {
                "more": "Desk.sent += 1\n        return b''",
                "found": "self.desk.serve(self, [])\n        self.push(b'%d' % Desk.sent)",
            },
            "how far they have",
        ),
        ({"serve": "session.push_with_producer(b''.join(pages))"}, "given data"),
        ({"serve": "session.push_with_producer(pages[0], 1)"}, "unusual way"),
        (
            {"serve": "one = Pages(pages)\n        while True:\n            session.push_with_producer(one)"},
            "more than once",
        ),
        ({"more": "print(self.at)\n        return b''"}, "print or log"),
        (
            {
                "more": "self.at += 1\n        self.owner(self.at)\n        return b'x' * (self.at < 9)",
                "serve": "session.push_with_producer(Pages(pages, self.told))\n\n    def told(self, at): pass",
            },
            "",
        ),
        (
            {
                "more": "self.at += 1\n        self.owner(self.at)\n        return b'x' * (self.at < 9)",
                "serve": "session.push_with_producer(Pages(pages, session.told))",
                "methods": "def told(self, at):\n        self.push(b'%d' % at)",
            },
            "may send something themselves",
        ),
        ({"imports": REQUEST, "found": ANSWER + "request.add(line)\n        request.done()"}, ""),
        ({"imports": REQUEST, "found": ANSWER + "request.done()\n        request.add(line)"}, "may look at out"),
        (
            {"imports": REQUEST, "found": ANSWER + "request.out.append(line)\n        request.done()"},
            "may look at out",
        ),
        ({"more": "raise ValueError(self)"}, "raise errors of their own"),
        ({"methods": "def more(self): return b''"}, "is a producer itself"),
        ({"methods": "def handle_error(self): self.push(b'oh')"}, "goes on after an error"),
        (
            {"imports": "from elsewhere import Pages as Others", "serve": "session.push_with_producer"},
            "unusual way",
        ),
    ],
)
def test_a_task_sends_what_nobody_looks_into(tree: Tree, parts: dict[str, str], reason: str) -> None:
    findings = run([tree.write("main.py", PROGRAM.format(**{**PLAIN, **parts}))]).findings
    told = [finding.message for finding in findings if finding.code == "PRODUCER"]
    assert bool(told) is bool(reason), told
    assert not told or any(reason in line for line in told), told
