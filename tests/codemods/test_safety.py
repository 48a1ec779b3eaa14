"""Nothing is lost: odd files, kills at any moment, untouched bytes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from calling import call
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncore_codemods.options import Options
from asyncore_codemods.pipeline import run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

LEGACY = program(methods="def readable(self):\n    return len(self.data) < 3\n").encode()


# -- odd files


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xef\xbb\xbf",
        b"\f\n",
        b"import asyncore",
        b"\xef\xbb\xbfimport asyncore\r\n",
        b"# -*- coding: utf-8 -*-\n\f\nimport asyncore\n\f\nclass A(asyncore.dispatcher):\n    pass\n",
        b"import asyncore\r\nimport os\nx = 1\ry = 2\r\n",
        b"#!/usr/bin/python\n# vim: set fileencoding=koi8-r :\nimport asyncore\nx = '\xc1'\n",
        b"import asyncore\n\tx = 1\n",
        b"import asyncore\nif 1:\n\tx = 1\n        y = 2\n",
        b"import asyncore\nx = 1\x1a",
    ],
)
@pytest.mark.parametrize("level", ["import", "loop", "streams"])
def test_any_file_is_dealt_with_or_left_alone(tree: Tree, content: bytes, level: str) -> None:
    path = tree.write("odd.py", content)
    result = call("fix", f"--level={level}", path)
    assert "Traceback" not in result.output
    after = path.read_bytes()
    if result.exit_code == 2:
        assert after == content
    again = call("fix", f"--level={level}", path)
    assert path.read_bytes() == after
    assert again.exit_code == result.exit_code
    kept = [line for line in content.split(b"\n") if b"import" not in line]
    rest = iter(after.split(b"\n"))
    assert all(line in rest for line in kept)  # in the same order, byte for byte


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["import asyncore", "from asynchat import *", "x = 'ü'", "\f", "", "# c",
             "if x:\n    import smtpd as s",
             "def f():\n    pass\n    # tail", "class A(object): pass", "import os, asyncore; y = 2",
             "s = '''\n\r\n'''"]
        )
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
)  # fmt: skip
def test_a_second_run_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], ending: str, bom: bool, final: bool
) -> None:
    text = ending.join(parts).replace("\n", ending).replace("\r\r\n", "\r\n") + (ending if final else "")
    path = tmp_path_factory.mktemp("twice") / "a.py"
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + text.encode())
    first = run([path])
    results = [file.new for file in first.changed]
    if results:
        compile(results[0], "a.py", "exec")
        path.write_bytes(results[0])
        assert run([path]).changed == []


def test_a_directory_called_like_a_file_and_an_unreadable_one(tree: Tree) -> None:
    tree.write("pkg.py/inner.py", LEGACY)
    assert call("fix", tree.root).exit_code == 1
    assert b"asyncore_bridge" in (tree.root / "pkg.py" / "inner.py").read_bytes()


def call_as_anybody(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command without root's right to pass over permissions."""
    prefix: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may read and write anything, and there is no setpriv here")
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    command = [*prefix, sys.executable, "-m", "asyncore_codemods", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_unreadable_file_is_one_message(tree: Tree) -> None:
    path = tree.write("a.py", LEGACY)
    tree.write("b.py", b"import a\nimport asyncore\n")
    path.chmod(0)
    result = call_as_anybody("check", tree.root)
    assert (result.returncode, result.stderr.count("cannot be read: Permission denied")) == (2, 1)
    named = call_as_anybody("check", path)
    assert (named.returncode, "a.py' is not readable" in named.stderr) == (2, True)


def test_a_read_only_file_is_left_alone(tree: Tree) -> None:
    path = tree.write("a.py", LEGACY)
    path.chmod(0o444)
    result = call_as_anybody("fix", path)
    assert (result.returncode, path.read_bytes()) == (2, LEGACY)
    assert "is read-only" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Nothing was written." in result.stdout


def test_a_large_file_with_a_legacy_name(tree: Tree) -> None:
    path = tree.write("large.py", LEGACY + b'x = """\n' + b"many lines of a table\n" * 460_000 + b'"""\n')
    assert path.stat().st_size > 10_000_000
    assert call("fix", path).exit_code in (0, 1)
    assert path.read_bytes().startswith(b"from asyncore_bridge import asynchat\n")
    assert path.stat().st_size > 10_000_000


def test_a_large_file_without_anything_of_ours_is_not_parsed(tree: Tree) -> None:
    path = tree.write("large.py", b"x = [1, 2, 3]  # nothing\n" * 420_000)
    assert path.stat().st_size > 10_000_000
    assert call("check", path).exit_code == 0


def test_a_target_that_the_result_cannot_run_on(tree: Tree) -> None:
    path = tree.write("a.py", b"import asyncore\nmatch x:\n    case 1: pass\n")
    if sys.version_info >= (3, 10):  # what the author already wrote is not ours to judge
        assert [file.path for file in run([path], Options(target="3.9")).changed] == [str(path)]


# -- killed at any moment

_KILLED = """
import json, os, signal, sys
from pathlib import Path
import libcst
from asyncore_codemods import pool, write
from asyncore_codemods.cli import cli
paths = [Path(name) for name in sys.argv[1:]]
old = [path.read_bytes() for path in paths]
original = write.write_together

def fix(wanted):
    step, active = 0, False

    def hook(event, arguments):
        nonlocal step
        if event in ("open", "os.rename", "os.chmod", "os.chown", "os.remove") and active:
            step += 1
            if step == wanted:
                os.kill(os.getpid(), signal.SIGKILL)

    def write_together(files):
        nonlocal active
        active = True
        original(files)
        active = False

    sys.addaudithook(hook)
    write.write_together = write_together
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    cli.main(["fix", "-j1", *map(str, paths)])

for wanted in range(1, 40):
    for path, content in zip(paths, old):
        path.write_bytes(content)
    child = os.fork()
    if not child:
        fix(wanted)
    _, status = os.waitpid(child, 0)
    print(json.dumps([path.read_text() for path in paths]))
    for left in paths[0].parent.glob(".*.tmp"):
        left.unlink()
    if not os.WIFSIGNALED(status):
        sys.exit(os.WEXITSTATUS(status))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_at_every_step_each_file_is_old_or_new(tree: Tree) -> None:
    """One interpreter forks a child for each step: to start it takes longer than what the child does."""
    session, server = program().split("class Server")
    imports = "import asyncore\nimport socket\nimport sys\nfrom session import Session\n\n\nclass Server"
    paths = [tree.write("session.py", session), tree.write("main.py", imports + server)]
    old = [path.read_text() for path in paths]
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, *map(str, paths)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    states = [json.loads(line) for line in ended.stdout.splitlines()]
    new = states[-1]
    assert all(before != after for before, after in zip(old, new))
    assert all(now in (before, after) for state in states for now, before, after in zip(state, old, new))
    assert len(states) > 6
    assert old in states


# -- ownership


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(tree: Tree) -> None:
    path = tree.write("a.py", LEGACY)
    os.chown(path, 12345, 54321)
    path.chmod(0o4755)
    call("fix", path)
    after = path.stat()
    assert (after.st_uid, after.st_gid, after.st_mode & 0o7777) == (12345, 54321, 0o4755)
    assert b"asyncore_bridge" in path.read_bytes()


# -- what a file uses that cannot be parsed


@pytest.mark.parametrize(
    ("user", "stays"),
    [
        ("from session import Session\nprint 'up'", True),
        ("from session import Session", False),
        ("print 'up'", False),
        ("import session\nprint session.Session", True),
    ],
)
@pytest.mark.parametrize("directory", [".", "other"])
def test_what_a_file_uses_that_cannot_be_parsed_stays(
    tree: Tree, user: str, directory: str, *, stays: bool
) -> None:
    session, _, rest = program().partition("class Server")
    tree.write("session.py", session)
    tree.write(f"{directory}/server.py", f"import asyncore, socket, sys\n{user}\nclass Server{rest}")
    stays = stays and directory == "."
    result = call("report", "--unsafe", tree.root)
    assert ("is used in" in result.stdout and "server.py, which is Python 2" in result.stdout) is stays


def test_what_a_file_of_another_directory_uses_by_its_package_stays(tree: Tree) -> None:
    tree.write("house/__init__.py", "")
    tree.write("house/session.py", program().partition("class Server")[0])
    tree.write("scripts/run.py", "import asyncore\nfrom house.session import Session\nprint Session\n")
    assert "is used in" in call("report", "--unsafe", tree.root).stdout
