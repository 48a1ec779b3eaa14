"""Mail servers: what still differs after `fix --unsafe` is what the page of SMTP-REPLIES says, and nothing else."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import aiosmtpd.smtp
import pytest
from case_files import CASES, Case, fix

import oracle
from asyncore_codemods import legacy
from asyncore_codemods.codes import Code
from asyncore_codemods.pipeline import Options, run
from asyncore_codemods.plan.mail.mail_names import SESSION_ATTRIBUTES
from asyncore_codemods.rules import rule
from oracle import WHOLE, Fixed, Stage, Transcript, drive

if TYPE_CHECKING:
    from conftest import Tree

HELLO = "HELO me\r\n"
EXTENDED = "EHLO me\r\n"
LETTER = "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n"
GO_ON = "354 End data with <CR><LF>.<CR><LF>\r\n"
BYE = "221 Bye\r\n"
UNKNOWN = '500 Error: command "X" not recognized\r\n'
TOO_MUCH = "552 Error: Too much mail data\r\n"

# What a client sends, and the last of what it gets from smtpd and from aiosmtpd; then each row's words in the page.
ROWS: dict[str, tuple[str | bytes, str, str, str]] = {
    "help": (
        HELLO + "HELP\r\nQUIT\r\n",
        "250 Supported commands: EHLO HELO MAIL RCPT DATA RSET NOOP QUIT VRFY\r\n" + BYE,
        "250 Supported commands: DATA HELP MAIL RCPT RSET VRFY\r\n" + BYE,
        "`HELP`",
    ),
    "long": (
        HELLO + f"NOOP {'x' * 600}\r\nQUIT\r\n",
        "500 Error: line too long\r\n" + BYE,
        "500 Command line too long\r\n" + BYE,
        "a command line that is too long",
    ),
    "bare": ("HELO me\nNOOP\r\nQUIT\r\n", "250 localhost\r\n" + BYE, "250 OK\r\n" + BYE, "a bare LF"),
    "returns": (
        HELLO + "X\r\r\nQUIT\r\n",
        '500 Error: command "X\r" not recognized\r\n' + BYE,
        UNKNOWN + BYE,
        "CR CR LF",
    ),
    "unknown": (
        HELLO + "X\r\n" * 6 + "QUIT\r\n",
        UNKNOWN * 6 + BYE,
        UNKNOWN * 4 + "502 5.5.1 Too many unrecognized commands, goodbye.\r\n",
        "the fifth unknown command",
    ),
    "sender": (
        HELLO + "MAIL FROM:@\r\nQUIT\r\n",
        "",
        "553 5.1.3 Error: malformed address\r\n" + BYE,
        "a malformed address",
    ),
    "verify": (HELLO + "VRFY @\r\nQUIT\r\n", "", "502 Could not VRFY @\r\n" + BYE, "`VRFY`"),
    "size": (
        EXTENDED + "MAIL FROM:<a@x> SIZE\r\nQUIT\r\n",
        "250 HELP\r\n",
        "501 Syntax: MAIL FROM: <address> [SP <mail-parameters>]\r\n" + BYE,
        "`SIZE` without a number",
    ),
    "international": (
        EXTENDED + "MAIL FROM:<a@x> SMTPUTF8\r\nQUIT\r\n",
        "555 MAIL FROM parameters not recognized or not implemented\r\n" + BYE,
        "501 Error: SMTPUTF8 disabled\r\n" + BYE,
        "`SMTPUTF8` where",
    ),
    "utf8": (
        HELLO + "MAIL FROM:<ä@x>\r\nQUIT\r\n",
        "250 OK\r\n" + BYE,
        "500 Error: strict ASCII mode\r\n" + BYE,
        "UTF-8 in a command",
    ),
    "latin1": (
        HELLO.encode() + b"MAIL FROM:<\xe4@x>\r\nQUIT\r\n",
        "",
        "500 Error: strict ASCII mode\r\n" + BYE,
        "other bytes in a command",
    ),
    "dot": (
        HELLO + LETTER + ".\r\nNOOP\r\n\r\n.\r\nQUIT\r\n",
        GO_ON + "250 OK\r\n" + BYE,
        '500 Error: command "." not recognized\r\n' + BYE,
        "`.` as the first line",
    ),
    "much": (
        HELLO + LETTER + "x" * 20_010 + "\r\n.\r\nNOOP\r\n",
        GO_ON + TOO_MUCH,
        GO_ON + TOO_MUCH + "250 OK\r\n",
        "after `552 Error: Too much mail data`",
    ),
    "limit": (
        HELLO + LETTER + "x" * 20_000 + "\r\n.\r\n",
        GO_ON + "250 OK\r\n",
        GO_ON + TOO_MUCH,
        "two bytes less",
    ),
    "within": (
        HELLO + LETTER + "x" * 19_998 + "\r\n.\r\n",
        GO_ON + "250 OK\r\n",
        GO_ON + "250 OK\r\n",
        "size limit",
    ),
}


@drive(chunkings=(WHOLE,))
def every_row(stage: Stage) -> None:
    for name, (sent, *_) in ROWS.items():
        client = stage.connect(name)
        client.until("version 0.3\r\n")
        client.send(sent)
    stage.settle()


def replies(transcript: Transcript) -> dict[str, str]:
    """What each client got last, the host's name replaced."""
    return {
        name: re.sub(r"(?m)^250([ -])(?!OK|SIZE|8BIT|HELP|Supp)\S+\r$", r"250\1localhost\r", c.received.decode())
        for name, c in transcript.connections.items()
    }


@pytest.mark.parametrize("side", ["smtpd", "aiosmtpd"])
def test_the_page_says_what_differs(truth: oracle.Truth, side: str) -> None:
    program = Case(CASES / "mail_room").program()
    mode = truth.stdlib if side == "smtpd" else Fixed(oracle.this_python(), options=oracle.Options(unsafe=True))
    got = replies(oracle.run(program, every_row, mode, WHOLE))
    page = rule(Code.SMTP_REPLIES).page
    for name, (_, old, new, words) in ROWS.items():
        wanted = old if side == "smtpd" else new
        hello = "250 localhost\r\n" if not wanted else ""
        assert got[name].endswith(hello + wanted), name
        assert words in page


SERVER = """\
import asyncore
import os
import smtpd
import sys


class Sink(smtpd.SMTPServer):
    def __init__(self, localaddr, limit=None):
        smtpd.SMTPServer.__init__(self, localaddr, None)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(len(data))


sink = Sink(("127.0.0.1", 2525))
asyncore.loop()
"""
UNSAFE = Options(unsafe=True)


def rewritten(tree: Tree, *changes: tuple[str, str]) -> str:
    """Return what becomes of SERVER with some *changes*."""
    text = SERVER
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    tree.write("main.py", text)
    outcome = fix(tree.root, UNSAFE)
    assert not outcome.errors
    result = tree.read("main.py")
    assert "asyncore_bridge" not in result, [str(finding.message) for finding in outcome.findings]
    return result


INIT = "smtpd.SMTPServer.__init__(self, localaddr, None)"
OWN_INIT = f"    def __init__(self, localaddr, limit=None):\n        {INIT}\n\n"
MADE = 'Sink(("127.0.0.1", 2525))'


FORMS: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "super": (
        [(INIT, "super().__init__(localaddr=localaddr, remoteaddr=None)")],
        ["create_server(localaddr, family=family"],
    ),
    "numbers": (
        [(INIT, 'smtpd.SMTPServer.__init__(self, ("10.0.0.1", 25), None)')],
        ['create_server(("10.0.0.1", 25), backlog=5)'],
    ),
    "computed address": (
        [(INIT, "smtpd.SMTPServer.__init__(self, tuple(localaddr), None)")],
        ["local_address = tuple(localaddr)\n", "create_server(local_address, family"],
    ),
    "limit": (
        [(INIT, INIT.replace("None)", "None, limit)"))],
        ["self.data_size_limit = limit\n", "data_size_limit=self.data_size_limit)"],
    ),
    "constant limit": ([(INIT, INIT.replace("None)", "None, 100)"))], ["data_size_limit=100)"]),
    "international": ([(INIT, INIT.replace("None)", "None, enable_SMTPUTF8=True)"))], ["enable_SMTPUTF8=True)"]),
    "looks at its address": (
        [(INIT, INIT + "\n        print(self._localaddr[1])")],
        ["self._localaddr = localaddr\n"],
    ),
    "no constructor": (
        [(OWN_INIT, ""), (MADE, MADE[:-1] + ", None)")],
        ["def __init__(self, localaddr):\n", f"sink = {MADE}\n"],
    ),
    "no constructor, limit": (
        [(OWN_INIT, ""), (MADE, MADE[:-1] + ", None, data_size_limit=int(sys.argv[1]))")],
        ["def __init__(self, localaddr, data_size_limit=33554432):", ", data_size_limit=int(sys.argv[1]))"],
    ),
    "no constructor, text": (
        [(OWN_INIT, ""), (MADE, MADE[:-1] + ", None, decode_data=True)")],
        [".decode()", "def handle_EHLO", MADE],
    ),
    "all arguments handed on": (
        [
            ("self, localaddr, limit=None", "*args, **kwargs"),
            (INIT, INIT.replace("self, localaddr, None", "*args, **kwargs")),
        ],
        ["def __init__(self, localaddr):\n"],
    ),
    "object in *args": (
        [
            ("self, localaddr, limit=None", "*args, **kwargs"),
            (INIT, "print(os.getpid())\n        smtpd.SMTPServer.__init__(*args, **kwargs)"),
            ("self, peer, mailfrom, rcpttos, data, **kwargs", "*args, **kwargs"),
            ("print(len(data))", "print(args[4], kwargs)"),
            (MADE, MADE[:-1] + ", None, data_size_limit=7)"),
        ],
        [
            "def __init__(self, localaddr):\n        print(os.getpid())\n",
            "rcpt_options=envelope.rcpt_options",
            "data_size_limit=7)",
            f"sink = {MADE}\n",
        ],
    ),
    "import in a function": (
        [
            ("import asyncore\nimport os\nimport smtpd", "import os\nimport smtpd"),
            ("asyncore.loop()", "\n\ndef serve():\n    import asyncore\n\n    asyncore.loop()\n\n\nserve()"),
        ],
        ["import asyncio\n", "\n\ndef serve():\n    asyncio.run(sink.serve_forever())\n"],
    ),
    "fixtures": (
        [
            ("import smtpd", "import pytest\nimport smtpd\nimport threading"),
            ("sink = ", "\n@pytest.fixture\ndef sink():\n    sink = "),
            (
                "asyncore.loop()",
                (
                    "    yield sink\n    sink.close()\n\n\n@pytest.fixture(autouse=True)\ndef running(sink):\n"
                    "    thread = threading.Thread(target=asyncore.loop, args=(1,))\n    thread.start()\n    yield"
                ),
            ),
        ],
        ["    thread = threading.Thread(target=lambda: asyncio.run(sink.serve_forever()))\n"],
    ),
    "passes in a thread, guarded": (
        [
            ("import sys", "import sys, threading"),
            ("Sink(smtpd.SMTPServer)", "Sink(smtpd.SMTPServer, threading.Thread)"),
            (INIT, f"threading.Thread.__init__(self)\n        {INIT}"),
            (
                "    def process",
                (
                    "    def run(self):\n        while not self.ended:\n            try:\n"
                    "                asyncore.loop(0.1, count=1)\n            except OSError:\n"
                    "                raise\n\n    def process"
                ),
            ),
            ("asyncore.loop()", "sink.start()"),
        ],
        ["                    await asyncio.sleep(0.1)\n                except OSError:\n"],
    ),
    "a default among the arguments handed on": (
        [
            ("self, localaddr, limit=None", "self, *args, **kwargs"),
            (
                INIT,
                f"kwargs.setdefault('decode_data', True)\n        {INIT}".replace(
                    "localaddr, None", "*args, **kwargs"
                ),
            ),
            (MADE, f"[{MADE[:-1]}, None), Sink(('::1', 26), None)]"),
            ("sink = ", "sinks = "),
        ],
        ["def __init__(self, localaddr):\n        family", ".decode()"],
    ),
    "properties under a lock": (
        [
            ("import sys", "import sys, threading\n\nlock = threading.RLock()"),
            (
                "    def process",
                "    @property\n    def n(self):\n        with lock:\n            return self.m\n\n    def process",
            ),
        ],
        ["        with lock:\n            return self.m\n"],
    ),
    "an argument for newer Pythons": (
        [
            ("self, localaddr, limit=None", "self, *args, **kwargs"),
            (
                INIT,
                f"if sys.version_info >= (3, 5):\n            kwargs['decode_data'] = True\n        {INIT}".replace(
                    "localaddr, None", "*args, **kwargs"
                ),
            ),
            (MADE, f"{MADE[:-1]}, None)"),
        ],
        ["def __init__(self, localaddr):\n        family", ".decode()"],
    ),
    "loop in a loop": (
        [("asyncore.loop()", "while len(asyncore.socket_map) > 0:\n    asyncore.loop(1, True)  # again")],
        ["\nasyncio.run(sink.serve_forever())  # again\n"],
    ),
    "as before Python 3.5": ([("data, **kwargs", "data")], [".decode()"]),
    "required options": (
        [("**kwargs", "mail_options, rcpt_options=None")],
        ["            mail_options=envelope.mail_options,\n        )"],
    ),
    "options looked at": (
        [("**kwargs", "**kw"), ("print(len(data))", "print(kw)")],
        ["rcpt_options=envelope.rcpt_options,\n"],
    ),
    "status": ([("print(len(data))", "return '250 fine'")], ['return status or "250 OK"']),
    "nested": (
        [("asyncore.loop()", "def run():\n    def inner():\n        asyncore.loop()\n    inner()\n\nrun()")],
        ["        asyncio.run(sink.serve_forever())"],
    ),
    "daemon": ([("sink = ", "if os.fork():\n    sys.exit()\nsink = ")], ["asyncio.run(sink.serve_forever())"]),
    "signal": (
        [
            ("import sys", "import signal, sys"),
            (
                "sink = ",
                "def main():\n    def stop(*args):\n        sys.exit()\n\n    signal.signal(2, stop)\n    sink = ",
            ),
            ("asyncore.loop()", "    asyncore.loop()\n\nmain()"),
        ],
        ["    asyncio.run(sink.serve_forever())"],
    ),
    "thread": (
        [
            ("import sys", "import sys\nimport threading"),
            ("Sink(smtpd.SMTPServer)", "Sink(smtpd.SMTPServer, threading.Thread)"),
            (INIT, INIT + "\n        threading.Thread.__init__(self, daemon=True)"),
            ("    def process", "    def start(self):\n        super().start()\n\n    def process"),
            (
                "    def process",
                "    def end(self):\n        threading.Thread.join(self, 1)\n\n    def process",
            ),
            ("asyncore.loop()", "threading.Thread(target=asyncore.loop, name='sink').start()"),
        ],
        [
            "class Sink(threading.Thread):",
            "threading.Thread(target=lambda: asyncio.run(sink.serve_forever()), name='sink').start()",
            "        threading.Thread.join(self, 1)",
        ],
    ),
    "name taken": (
        [("import smtpd\n", "import smtpd\nfrom smtplib import SMTP\n"), ("print(", "print(SMTP, ")],
        ["class SMTPSession(", "lambda: SMTPSession("],
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(tree: Tree, name: str) -> None:
    changes, wanted = FORMS[name]
    result = rewritten(tree, *changes)
    compile(result, "main.py", "exec")
    for text in wanted:
        assert text in result


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("None)", "None, decode_data=limit)", "computes decode_data"),
        (
            INIT,
            f"kw = {{}}\n        if sys.version >= '3':\n            kw['a'] = 1\n        {INIT[:-1]}, **kw)",
            "arguments that cannot be told",
        ),
        ("localaddr, None)", "localaddr, None, *[limit])", "arguments that cannot be told"),
        ("None)", "print(limit))", "computes remoteaddr"),
        (
            "        smtpd.SMTPServer.__init__",
            "        return smtpd.SMTPServer.__init__",
            "uses what __init__() returns",
        ),
        ("data, **kwargs", "data, mail_options=None", "one kind of options only"),
        ("mailfrom, rcpttos, data, **kwargs", "message", "four arguments"),
        ("    def process_message", "    async def process_message", "no plain method"),
        ("def process_message", "def deliver", "has no process_message()"),
        (
            "print(len(data))",
            "smtpd.SMTPServer.process_message(self, peer, mailfrom, rcpttos, data)",
            "process_message()",
        ),
        ("sink = ", "aiosmtpd = ", "already has something called aiosmtpd"),
        ("import os", "import os, multiprocessing", "runs processes"),
        (
            'sink = Sink(("127.0.0.1", 2525))\nasyncore.loop()',
            (
                "import pytest\n\n@pytest.fixture\ndef sink():\n    sink = Sink(('', 25))\n    sink = print(sink)\n"
                "    return sink\n\n@pytest.fixture\ndef run(sink):\n    asyncore.loop()"
            ),
            "runs the loop where",
        ),
        ("asyncore.loop()", "asyncore.loop(count=3)", "count=3"),
    ],
)
def test_reasons(tree: Tree, old: str, new: str, why: str) -> None:
    assert old in SERVER
    tree.write("main.py", SERVER.replace(old, new))
    outcome = run([tree.root], UNSAFE)
    assert any(why in finding.message for finding in outcome.findings)
    assert {verdict.strategy.value for verdict in outcome.classes} == {"bridge"}


TWO_SERVERS = """\
import asyncore
import smtpd
import threading


class Runner(smtpd.SMTPServer, threading.Thread):
    def __init__(self, localaddr):
        threading.Thread.__init__(self)
        smtpd.SMTPServer.__init__(self, localaddr, None)

    def run(self):
        asyncore.loop()

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(rcpttos)


class Beside(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(mailfrom)


Beside(("localhost", 25), None)
Runner(("localhost", 26)).start()
"""


def test_a_server_that_the_thread_of_another_drives_goes_on_being_driven(tree: Tree) -> None:
    tree.write("main.py", TWO_SERVERS)
    outcome = run([tree.root], UNSAFE)
    became = {verdict.name: verdict.strategy.value for verdict in outcome.classes}
    assert became == {"Runner": "smtp", "Beside": "bridge"}
    fix(tree.root, UNSAFE)
    assert "asyncio.run(run_all(self.serve_forever(), until_empty()))" in tree.read("main.py")


@pytest.mark.parametrize(
    "options", [Options(), Options(unsafe=True, exact=True), Options(unsafe=True, skip=frozenset({"SMTPD"}))]
)
def test_it_must_be_asked_for(tree: Tree, options: Options) -> None:
    tree.write("main.py", SERVER)
    fix(tree.root, options)
    assert "class Sink(smtpd.SMTPServer):" in tree.read("main.py")


def test_an_old_signature_is_no_mistake_any_more(tree: Tree) -> None:
    tree.write("main.py", SERVER.replace("data, **kwargs", "data"))
    assert "SIGNATURE" in {finding.code.value for finding in run([tree.root]).findings}
    findings = run([tree.root], UNSAFE).findings
    assert "SIGNATURE" not in {finding.code.value for finding in findings}
    assert any(finding.message.endswith("on Python 3, gets text") for finding in findings)


def test_a_comment_keeps_a_class_on_the_bridge(tree: Tree) -> None:
    tree.write("main.py", SERVER.replace("SMTPServer):", "SMTPServer):  # asyncore-migrate: ignore[SMTPD]"))
    fix(tree.root, UNSAFE)
    assert "(smtpd.SMTPServer):" in tree.read("main.py")


def test_private_names_of_a_class_called_as_smtpds_are_what_they_were(tree: Tree) -> None:
    channel = """\
class SMTPChannel(smtpd.SMTPChannel):
    def smtp_RCPT(self, arg):
        if self.__rcpttos:
            self.push("451 one at a time")
        else:
            smtpd.SMTPChannel.smtp_RCPT(self, arg)


class Sink(smtpd.SMTPServer):
    channel_class = SMTPChannel

"""
    result = rewritten(tree, ("class Sink(smtpd.SMTPServer):\n", channel))
    assert (
        "class SMTPChannel(SMTP):\n    async def smtp_RCPT(self, arg):\n        if self.envelope.rcpt_tos:"
        in result
    )
    assert "await super().smtp_RCPT(arg)" in result
    assert "__rcpttos" not in result
    channel = channel.replace("class SMTPChannel(", "class Channel(").replace("= SMTPChannel", "= Channel")
    assert "if self.__rcpttos:" in rewritten(tree, ("class Sink(smtpd.SMTPServer):\n", channel))


CHANNEL = """\
class Channel(smtpd.SMTPChannel):
    def __init__(self, server, conn, addr):
        smtpd.SMTPChannel.__init__(self, server, conn, addr)
        self.hello = server

    def smtp_HI(self, arg):
        self.push("250 hi")


class Sink(smtpd.SMTPServer):
"""
ACCEPTS = [
    "handle_accept(self):\n        pair = self.accept()\n        if pair:\n            Channel(self, *pair)",
    "handle_accept(self):\n        conn, addr = self.accept()\n        channel = Channel(self, conn, addr)",
    (
        "handle_accept(self):\n        p = self.accept()\n        if p is None:\n            return\n"
        "        c, a = p\n        Channel(self, c, a)"
    ),
    "handle_accepted(self, conn, addr):\n        Channel(self, conn, addr)",
]


GUARD = """\
    def collect_incoming_data(self, data):
        try:
            super().collect_incoming_data(data)
        except UnicodeDecodeError:
            pass

    def smtp_HI"""


@pytest.mark.parametrize("accept", ACCEPTS)
def test_accepting_by_hand(tree: Tree, accept: str) -> None:
    result = rewritten(tree, ("class Sink(smtpd.SMTPServer):\n", f"{CHANNEL}    def {accept}\n\n"))
    assert "lambda: Channel(self, ident=" in result
    assert "accept" not in result
    assert "self.hello = self.event_handler\n" in result


NOTICES = [
    (
        "handle_accept(self):\n        p = self.accept()\n        if p:\n            c, a = p\n"
        "            MAKE\n            NOTE"
    ),
    (
        "handle_accept(self):\n        p = self.accept()\n        if p is None:\n            return\n"
        "        c, a = p\n        NOTE\n        channel = MAKE"
    ),
    "handle_accept(self):\n        c, a = self.accept()\n        NOTE\n        MAKE",
    "handle_accepted(self, c, a):\n        NOTE\n        MAKE",
    "handle_accepted(self, c, a):\n        NOTE\n        super().handle_accepted(c, a)",
    "handle_accepted(self, c, a):\n        smtpd.SMTPServer.handle_accepted(self, c, a)\n        NOTE",
]


@pytest.mark.parametrize("accept", [*ACCEPTS, NOTICES[1].replace("NOTE", "print(a)")])
def test_sessions_of_its_own_class_made_by_hand(tree: Tree, accept: str) -> None:
    plain = accept.replace("MAKE", "Channel(self, c, a)").replace("Channel(", "smtpd.SMTPChannel(")
    head = "class Sink(smtpd.SMTPServer):\n"
    result = rewritten(tree, (head, f"{head}    def {plain}\n\n"))
    assert "lambda: SMTP(self, ident=" in result
    assert "smtpd.SMTPChannel" not in result.replace("aiosmtpd", "")


@pytest.mark.parametrize("accept", [*ACCEPTS, NOTICES[0].replace("NOTE", "print(a)")])
def test_sessions_of_its_channel_class_made_by_hand(tree: Tree, accept: str) -> None:
    by_hand = accept.replace("MAKE", "Channel(self, c, a)").replace("Channel(", "self.channel_class(")
    before = f"{CHANNEL}    channel_class = Channel\n\n    def {by_hand}\n\n"
    result = rewritten(tree, ("class Sink(smtpd.SMTPServer):\n", before))
    assert "lambda: Channel(self, ident=" in result
    assert "channel_class" not in result


def test_a_log_of_its_own_is_an_attribute_like_any_other(tree: Tree) -> None:
    channel = CHANNEL.replace("self.hello = server", "self.log = []").replace(
        '"250 hi"', '"250 %d" % len(self.log)'
    )
    before = f"{channel}    def {ACCEPTS[-1]}\n\n"
    result = rewritten(tree, ("class Sink(smtpd.SMTPServer):\n", before))
    assert 'await self.push("250 %d" % len(self.log))' in result


@pytest.mark.parametrize("accept", NOTICES)
@pytest.mark.parametrize("note", ["print('from', a[0])", "self.count += 1", "self.peers.add(a)"])
def test_taking_notice_of_connections(tree: Tree, accept: str, note: str) -> None:
    accept = accept.replace("NOTE", note).replace("MAKE", "Channel(self, c, a)")
    before = CHANNEL if "Channel" in accept else "class Sink(smtpd.SMTPServer):\n"
    result = rewritten(tree, ("class Sink(smtpd.SMTPServer):\n", f"{before}    def {accept}\n\n"))
    name = accept.partition("(")[0]
    assert f"    def {name}(self, a):\n        {note}\n" in result
    assert f'self.event_handler.{name}(transport.get_extra_info("peername"))' in result
    assert ("lambda: Channel(self, ident=" in result) is ("Channel" in accept)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("server.handle_accepted(None, ('::1', 1))\n", "its handle_accepted is used from outside"),
        (
            (
                "class Other(smtpd.SMTPServer):\n"
                "    def process_message(self, *args, **kwargs):\n        pass\n\n\nOther(('', 25), None)\n"
            ),
            "is one of several mail servers",
        ),
    ],
)
def test_taking_notice_that_stays(tree: Tree, more: str, why: str) -> None:
    accept = f"    def {NOTICES[4].replace('NOTE', 'print(a)')}\n\n"
    text = SERVER.replace("class Sink(smtpd.SMTPServer):\n", f"class Sink(smtpd.SMTPServer):\n{accept}")
    tree.write("main.py", text.replace("asyncore.loop()", f"{more}asyncore.loop()"))
    assert any(why in finding.message for finding in run([tree.root], UNSAFE).findings)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("Channel(self, conn, addr)\n\n", "print(Channel(self, conn, addr))\n\n", "accepts connections in"),
        ("Channel(self, conn, addr)\n\n", "Channel(self, conn, ())\n\n", "accepts connections in"),
        (
            "Channel(self, conn, addr)\n\n",
            "Channel(self, conn, addr)\n        print(conn)\n\n",
            "accepts connections in",
        ),
        (
            "Channel(self, conn, addr)\n\n",
            "Channel(self, conn, addr)\n        print(self.look_up(addr))\n\n",
            "accepts connections in",
        ),
        (
            "Channel(self, conn, addr)\n\n",
            "if addr[0] != '::1':\n            Channel(self, conn, addr)\n        print(addr)\n\n",
            "accepts connections in",
        ),
        ("localaddr, None)", "localaddr, None, 1000)", "makes sessions without the server's data_size_limit"),
        ("self.hello = server", "self.hello = conn", "has a constructor"),
        ("    def smtp_HI", GUARD.replace("pass", "self.close()"), "overrides collect_incoming_data()"),
        (
            "    def smtp_HI",
            GUARD.replace("(data)\n        exc", "(data[1:])\n        exc"),
            "overrides collect_incoming",
        ),
        ("self.hello = server", "self.fqdn = 'mail.example.org'", "uses fqdn in its constructor"),
        ("self.hello = server", "self.hello = self.peer[0]", "uses peer in its constructor"),
        ('self.push("250 hi")', "self.push(self._getaddr(arg)[0])", "uses _getaddr"),
        ("self.hello = server", "self.session = server", "has session, as aiosmtpd's own class"),
        ("server, conn, addr)\n        self", "server, conn, addr, 1000)\n        self", "has a constructor"),
        ('self.push("250 hi")', "return self.push('250 hi')", "uses what push() returns"),
        ('self.push("250 hi")', "list(map(self.push, ['250 hi']))", "uses push"),
    ],
)
def test_sessions_that_stay(tree: Tree, old: str, new: str, why: str) -> None:
    text = SERVER.replace("class Sink(smtpd.SMTPServer):\n", f"{CHANNEL}    def {ACCEPTS[-1]}\n\n")
    assert old in text
    tree.write("main.py", text.replace(old, new))
    outcome = run([tree.root], UNSAFE)
    assert any(why in finding.message for finding in outcome.findings)
    assert {verdict.strategy.value for verdict in outcome.classes} == {"bridge"}


async def test_the_attributes_of_a_session_are_known() -> None:
    session = aiosmtpd.smtp.SMTP(object(), loop=asyncio.get_running_loop())
    names = {name for name in dir(session) if not name.startswith(("__", "smtp_", "_SMTP__"))}
    inherited = legacy.inherited_names(legacy.SMTP_CHANNEL)
    assert names <= SESSION_ATTRIBUTES | inherited
