"""Classes that handle text: their oracle is Python 2.7, where there is one, and what they expect."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from case_files import CASES, Case

import oracle
from asyncore_codemods.codes import Code
from asyncore_codemods.pipeline import Options, run
from oracle import BYTES, RANDOM, WHOLE, Chunking, Fixed, Mode, Program, Python
from oracle.modes import Launch

if TYPE_CHECKING:
    from conftest import Tree

UNSAFE = oracle.Options(unsafe=True)
_QUESTION = "import asynchat, json, sys; print(json.dumps([sys.executable, list(sys.version_info[:3])]))"


@dataclass(frozen=True)
class Original(Mode):
    """The program as it is, on Python 2."""

    def launch(self, program: Program) -> Launch:
        return Launch((self.python.executable, str(program.script)), {})


@functools.cache
def python2() -> Original:
    """Return the mode that runs on this machine's Python 2.7; skip where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which("python2.7"), *map(str, sorted(pyenv.glob("2.7*/bin/python")))]
    for executable in filter(None, found):
        answer = subprocess.run([executable, "-c", _QUESTION], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            path, (major, minor, patch) = json.loads(answer.stdout)
            return Original(Python(path, (major, minor, patch), legacy=True, uvloop=False))
    pytest.skip("there is no Python 2.7 here")


PROGRAMS = [Case(CASES / name).program("text_drives.py") for name in ("talk_room", "dictation")]
MEANT = [Case(CASES / "interpreters").program("text_drives.py")]  # which no Python ever ran as they are meant
DRIVES, NEW_DRIVES = (
    [pytest.param(program, drive, id=drive.name) for program in programs for drive in program.drives.values()]
    for programs in (PROGRAMS, MEANT)
)


@pytest.mark.parametrize("cut", [WHOLE, BYTES, RANDOM], ids=str)
@pytest.mark.parametrize(("program", "drive"), [*DRIVES, *NEW_DRIVES])
def test_text_goes_over_the_wire_as_on_python2(program: Program, drive: oracle.Drive, cut: Chunking) -> None:
    new = oracle.run(program, drive, Fixed(oracle.this_python(), options=UNSAFE), cut)
    assert new.unmet is None
    assert oracle.fix(program, UNSAFE).plain


@pytest.mark.parametrize(("program", "drive"), DRIVES)
def test_python2_agrees(program: Program, drive: oracle.Drive) -> None:
    old = oracle.run(program, drive, python2(), WHOLE)
    new = oracle.run(program, drive, Fixed(oracle.this_python(), options=UNSAFE), WHOLE)
    assert old.unmet is None
    assert oracle.compare(old, new).same


SERVER = """\
import asynchat
import asyncore
import socket
import struct


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator("\\r\\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = "".join(self.data)
        self.data = []
        self.push(line + "\\r\\n")


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


Server(2525)
asyncore.loop()
"""


def test_stays_without_unsafe(tree: Tree) -> None:
    tree.write("main.py", SERVER)
    outcome = run([tree.root], Options())
    (reason,) = [f for f in outcome.findings if f.subject == "Session" and f.message.startswith("can")]
    assert (reason.code, reason.message) == (
        Code.TEXT_MODE,
        "can become asyncio streams code, with --unsafe (AS-UTF8)",
    )
    assert b"asyncore_bridge" in outcome.changed[0].new


ANSWER = '        self.push(line + "\\r\\n")\n'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (ANSWER, "        self.push(struct.pack('>I', len(line)) + line)\n"),
        (ANSWER, '        self.push(b"x" + line)\n'),
        (ANSWER, '        self.push(line.decode("latin-1"))\n'),
        ("append(data)", 'append(data.decode("hex"))'),
        (ANSWER, '        self.push(line.encode("hex"))\n'),
        ("append(data)", 'append(str(data, "utf-8"))'),
        (ANSWER, "        self.push(line + self.get_terminator())\n"),
        (ANSWER, '        self.set_terminator(b"x")\n'),
    ],
    ids=["struct", "bytes", "decode", "decoded pieces", "hex", "str", "terminator", "mixed"],
)
def test_what_is_not_text_stays(tree: Tree, old: str, new: str) -> None:
    assert SERVER.count(old) == 1
    tree.write("main.py", SERVER.replace(old, new))
    outcome = run([tree.root], Options(unsafe=True))
    assert {v.strategy.value for v in outcome.classes} == {"bridge"}
    assert Code.TEXT_MODE in {code for verdict in outcome.classes for code, _ in verdict.reasons}
