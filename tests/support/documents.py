"""Markdown documents as tests: files are written, commands are run, what they print is compared.

A comment before a block says what it is:

``<!-- file: NAME -->``        the block is the content of a file
``<!-- python 2: NAME -->``    the same, and not Python 3
``<!-- part of: NAME -->``     the block's lines stand in that file, in this order and without others between
``<!-- exit: N -->``           the last command of the block ends with this status
``<!-- background: WORD -->``  the command runs on; WORD is replaced by a free port, on which it must listen, here
                               and in every later block
``<!-- not run: REASON -->``   the block is only shown

Every other ``console`` block is run line by line (``$ command``, then what it prints; a line ``...`` stands for any
lines), and every other ``python`` block is executed.  All blocks of a document share one temporary directory.
"""

from __future__ import annotations

import contextlib
import doctest
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import Any

from sybil import Document, Example, Region, Sybil

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(
    r"(?:^<!-- (?P<kind>file|python 2|part of|exit|background|not run): (?P<value>[^\n]*?) -->\n)?"
    r"^(?P<indent> *)```(?P<language>python|console|toml|ini)\n(?P<body>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)


def parse(document: Document):
    """Yield the blocks of a document."""
    for match in BLOCK.finditer(document.text):
        yield Region(match.start(), match.end(), parsed=match.groupdict(), evaluator=evaluate)


def evaluate(example: Example) -> None:
    """Do what the block says."""
    block, folder = example.parsed, example.namespace["folder"]
    body = textwrap.dedent(block["body"])
    if block["language"] == "console":
        for word, port in example.namespace["ports"].items():
            body = re.sub(rf"\b{word}\b", port, body)
    kind, value = block["kind"], block["value"]
    if kind == "not run":
        return
    if kind in ("file", "python 2"):
        path = folder / value
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)
        if kind == "file" and value.endswith(".py"):
            compile(body, value, "exec")
    elif kind == "part of":
        assert body in (folder / value).read_text(), f"not in {value}:\n{body}"
    elif kind == "background":
        run_in_background(body, value, folder, example.namespace)
    elif block["language"] == "console":
        run_commands(body, folder, int(value) if kind == "exit" else 0)
    elif block["language"] == "python":
        path = folder / "sample.py"
        path.write_text(body)
        run_commands("$ python sample.py\n...\n", folder, 0)


def environment() -> dict[str, str]:
    """Return an environment in which this Python and its scripts come first."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    scripts = str(Path(sys.executable).parent)
    return {
        **clean,
        "PATH": scripts + os.pathsep + clean.get("PATH", ""),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "error",
        "NO_COLOR": "1",
        "COLUMNS": "110",
    }


def run_commands(body: str, folder: Path, status: int) -> None:
    """Run ``$ command`` lines and compare what they print."""
    for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE):
        if not part.startswith("$ "):
            continue
        command, _, expected = part[2:].partition("\n")
        last = part == re.split(r"^(?=\$ )", body, flags=re.MULTILINE)[-1]
        done = subprocess.run(
            command, shell=True, cwd=folder, env=environment(), capture_output=True, text=True, timeout=120
        )
        said = done.stdout + done.stderr
        assert done.returncode == (status if last else 0), f"$ {command}\n{said}\n(exit status {done.returncode})"
        compare(command, expected.rstrip("\n"), said.rstrip("\n"))


def compare(command: str, expected: str, said: str) -> None:
    """Assert that *said* is what the document shows, ``...`` standing for any text, as in doctest."""
    same = doctest.OutputChecker().check_output(expected + "\n", said + "\n", doctest.ELLIPSIS)
    assert same, f"$ {command}\nexpected:\n{expected}\n\nprinted:\n{said}"


def run_in_background(body: str, word: str, folder: Path, namespace: dict[str, Any]) -> None:
    """Start a server, and wait until it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = "exec " + body.strip().removeprefix("$ ").replace(word, str(port))
    process = subprocess.Popen(command, shell=True, cwd=folder, env=environment())
    namespace["processes"].append(process)
    namespace["ports"][word] = str(port)
    deadline = time.monotonic() + 30
    while True:
        assert process.poll() is None, f"{command} ended with {process.returncode}"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline, f"{command} does not listen"
            time.sleep(0.02)
        else:
            return


def setup(namespace) -> None:
    """Make the document's directory."""
    namespace["folder"] = Path(tempfile.mkdtemp(prefix="document-"))
    namespace["processes"] = []
    namespace["ports"] = {}


def teardown(namespace) -> None:
    """Stop what was started, and remove the directory."""
    for process in namespace["processes"]:
        process.kill()
        process.wait()
    with contextlib.suppress(OSError):
        shutil.rmtree(namespace["folder"])


def collect():
    """Return pytest's hook that collects the README and the guide, and no other document."""
    hook = Sybil(parsers=[parse], patterns=["*.md"], path=str(ROOT), setup=setup, teardown=teardown).pytest()
    guide = ROOT / "migration-guide"

    def pytest_collect_file(file_path: Path, parent):
        if file_path == ROOT / "README.md" or guide in file_path.parents:
            return hook(file_path, parent)
        return None

    return pytest_collect_file
