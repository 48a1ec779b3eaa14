"""How long `asyncore-migrate check` takes on a tree of 10,000 Python files of which 50 matter.

Compared, best of some interleaved rounds, with `grep -rlE` over the same tree plus libcst's parse of the files that
matter (the target is twice that), and with a codemod of `python -m libcst.tool` that does nothing (the target is 20
times faster than it). Wall time, so on a quiet machine. The modules are compiled, as pip leaves what it installs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MATTER = 50
PER_DIRECTORY = 100

PLAIN = '''\
"""Part {number} of a large program."""

import json
import os
from collections import defaultdict


class Store{number}:
    """Keeps records by key."""

    def __init__(self, path):
        self.path = path
        self.records = defaultdict(list)

    def load(self):
        if not os.path.exists(self.path):
            return 0
        with open(self.path, encoding="utf-8") as stream:
            for line in stream:
                record = json.loads(line)
                self.records[record["key"]].append(record)
        return len(self.records)
'''

METHOD = '''
    def total_{index}(self, key, factor={index}):
        """Return the sum of one field, weighted."""
        result = 0
        for record in self.records.get(key, ()):
            value = record.get("field_{index}")
            if value is None or value < 0:
                continue
            result += value * factor
        return result
'''

LEGACY = """\
import asynchat
import asyncore
import socket


class Session{number}(asynchat.async_chat):
    def __init__(self, sock, addr):
        asynchat.async_chat.__init__(self, sock)
        self.addr = addr
        self.data = []
        self.set_terminator(b"\\r\\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(line + b"\\r\\n")


class Server{number}(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session{number}(sock, addr)
"""

MAIN = """

if __name__ == "__main__":
    Server{number}(8000 + {number})
    asyncore.loop()
"""

PARSE = """
import sys, time
import libcst
started = time.perf_counter()
for path in sys.argv[1:]:
    libcst.parse_module(open(path, "rb").read())
print(time.perf_counter() - started)
"""

NOOP = """
from libcst.codemod import VisitorBasedCodemodCommand


class Noop(VisitorBasedCodemodCommand):
    DESCRIPTION = "Does nothing."
"""


def make_tree(root: Path, files: int) -> list[Path]:
    """Fill *root* with packages; return the files that matter, spread over them."""
    (root / "pyproject.toml").write_text('[project]\nname = "large"\n')
    matter = []
    for number in range(files):
        package = root / f"part{number // PER_DIRECTORY:03}"
        if number % PER_DIRECTORY == 0:
            package.mkdir()
            (package / "__init__.py").write_text("")
        path = package / f"module{number:05}.py"
        body = "".join(METHOD.format(index=index) for index in range(number % 17))
        if number % (files // MATTER) == 0:
            plain = "\n\n" + PLAIN.format(number=number).split("\n\n\n")[1] + body
            imports = "import json\nimport os\nfrom collections import defaultdict\n"
            path.write_text(imports + LEGACY.format(number=number) + plain + MAIN.format(number=number))
            matter.append(path)
        else:
            path.write_text(PLAIN.format(number=number) + body)
    return matter


def seconds(command: list[str], directory: Path, **environment: str) -> float:
    """Return how long *command* takes."""
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=directory, capture_output=True, check=False, env={**os.environ, **environment}
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} failed:\n{done.stderr.decode()[-2000:]}")
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--no-libcst-tool", action="store_true", help="leave out the codemod that does nothing: it is slow"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        tree = root / "tree"
        tree.mkdir()
        matter = make_tree(tree, arguments.files)
        grep = ["grep", "-rlE", "asyncore|asynchat|smtpd", "--include=*.py", "."]
        check = [sys.executable, "-m", "asyncore_codemods", "check", "."]
        os.environ["PYTHONPYCACHEPREFIX"] = str(root / "compiled")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        best: dict[str, float] = {}
        for _ in range(arguments.rounds):
            parse = float(subprocess.check_output([sys.executable, "-c", PARSE, *map(str, matter)], text=True))
            for label, took in (
                ("grep", seconds(grep, tree)),
                ("libcst parse", parse),
                ("check", seconds(check, tree)),
                ("check -j 1", seconds([*check, "-j", "1"], tree)),
                ("check, nothing found", seconds([*check[:-1], "part000/module00001.py"], tree)),
            ):
                best[label] = min(took, best.get(label, took))
        for label, took in best.items():
            print(f"{label:24} {took:8.3f} s")
        floor = best["grep"] + best["libcst parse"]
        print(f"check / (grep + parse)   {best['check'] / floor:8.2f}    target: 2")
        if not arguments.no_libcst_tool:
            (root / "noop.py").write_text(NOOP)
            (root / ".libcst.codemod.yaml").write_text("modules: [libcst.codemod.commands]\n")
            options = ["--no-format", "--hide-progress"]
            command = [sys.executable, "-m", "libcst.tool", "codemod", *options, "-x", "noop.Noop", "tree"]
            tool = seconds(command, root, PYTHONPATH=str(root))
            print(f"libcst.tool, no-op       {tool:8.3f} s")
            print(f"libcst.tool / check      {tool / best['check']:8.2f}    target: 20")


if __name__ == "__main__":
    main()
