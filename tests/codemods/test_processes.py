"""Several programs in one directory that share base classes: each is a process with a loop of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run

if TYPE_CHECKING:
    from conftest import Tree

BASE = """
import asynchat


class Lines(asynchat.async_chat):
    def __init__(self, sock=None):
        asynchat.async_chat.__init__(self, sock)
        self.received = b""
        self.set_terminator(b"\\n")

    def collect_incoming_data(self, data):
        self.received += data

    def found_terminator(self):
        line, self.received = self.received, b""
        self.hear(line)
"""
SERVER = """
import asyncore
import sys
import time

from base import Lines


class Guest(Lines):
    def hear(self, line):
        self.push(b"heard\\n")


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.running = True
        self.due = time.monotonic() + 1
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.guests.append(Guest(sock))

    def serve(self):
        while self.running:
            asyncore.loop(timeout=0.1, count=1)
            if time.monotonic() >= self.due:
                self.due += 1
                for guest in self.guests:
                    guest.push(b"tick\\n")


def main():
    server = Server(int(sys.argv[1]))
    server.serve()


if __name__ == "__main__":
    main()
"""
CLIENT = """
import asyncore
import sys

from base import Lines


class Client(Lines):
    def __init__(self, port):
        Lines.__init__(self)
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def hear(self, line):
        print(line)


def main():
    Client(int(sys.argv[1]))
    asyncore.loop()


if __name__ == "__main__":
    main()
"""
BOTH = "import client\nimport server\n\nserver.main()\nclient.main()\n"
BY_NAME = 'import importlib\nimport base\n\nimportlib.import_module("client").main()\nbase.Lines\n'


@pytest.mark.parametrize(
    ("further", "rewritten"),
    [(None, 4), (BOTH, 0), (BY_NAME, 0)],
    ids=["apart", "one file imports both", "one file imports by name"],
)
def test_two_programs_share_their_base_class(tree: Tree, further: str | None, rewritten: int) -> None:
    tree.write("base.py", BASE)
    tree.write("server.py", SERVER)
    tree.write("client.py", CLIENT)
    if further is not None:
        tree.write("both.py", further)
    outcome = run([tree.root], Options())
    assert len({f.subject for f in outcome.findings if f.fixable and f.subject}) == rewritten


ECHO = """
import asynchat
import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\\n")

    def collect_incoming_data(self, data):
        self.push(data)

    def found_terminator(self):
        self.push(b"\\n")


class Echo(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)

    def serve_forever(self):
        asyncore.loop()
"""
TRY_OUT = '\n\nif __name__ == "__main__":\n    Echo(8007).serve_forever()\n'
MAIN = """
def main():
    server = echo.Echo(8008)
    server.serve_forever()


if __name__ == "__main__":
    main()
"""
THREAD = "import threading\nimport echo\n\nthreading.Thread(target=echo.main).start()\n"


@pytest.mark.parametrize(
    ("tail", "program", "rewritten"),
    [
        (TRY_OUT, "import echo\n\nserver = echo.Echo(8008)\nserver.serve_forever()\n", 2),
        (MAIN.replace("echo.", ""), f"import echo\n\n{MAIN}", 2),
        ("", f"import echo\n\nfirst = echo.Echo(8007)\n{MAIN}", 0),
        ("\n\nspare = Echo(8007)\n", f"import echo\n\n{MAIN}", 0),
        (MAIN.replace("echo.", ""), THREAD + MAIN, 0),
    ],
    ids=["tried out", "two mains", "one makes two", "the other makes one, too", "both in one process"],
)
def test_each_program_has_one_server_that_runs_the_loop(
    tree: Tree, tail: str, program: str, rewritten: int
) -> None:
    tree.write("echo.py", ECHO + tail)
    tree.write("program.py", program)
    outcome = run([tree.root], Options())
    assert len({f.subject for f in outcome.findings if f.fixable and f.subject}) == rewritten


MAIL = """
import asyncore
import smtpd
import threading


class Store(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(mailfrom)


class MailThread(threading.Thread):
    def __init__(self, address):
        threading.Thread.__init__(self)
        self.stopping = threading.Event()
        self.server = Store(address, None)

    def run(self):
        while not self.stopping.is_set():
            asyncore.loop(timeout=1, count=1)

    def stop(self):
        self.stopping.set()
        self.join()
        self.server.close()
"""
STARTS = """
import time
from mail import MailThread

if __name__ == "__main__":
    thread = MailThread(("127.0.0.1", 8025))
    thread.start()
    time.sleep(10)
    thread.stop()
"""
TESTS = """
import unittest
from mail import MailThread


class MailTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.thread = MailThread(("127.0.0.1", 8026))
        cls.thread.start()
"""


@pytest.mark.parametrize("imports", [True, False])
def test_a_program_and_its_tests_make_a_thread_each(tree: Tree, *, imports: bool) -> None:
    tree.write("mail.py", MAIL)
    tree.write("start.py", "import test_mail\n" * imports + STARTS)
    tree.write("test_mail.py", TESTS)
    outcome = run([tree.root], Options(unsafe=True))
    assert [verdict.strategy.value for verdict in outcome.classes] == ["bridge" if imports else "smtp"]
