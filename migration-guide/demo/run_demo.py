"""The main job, end to end, on real code: what ``make demo`` runs.

1. A legacy asynchat chat server runs unmodified on the bridge, on a Python without asyncore if there is one,
   and several clients talk to it.
2. ``asyncore-migrate check`` and ``diff`` say what can be done with it.
3. ``asyncore-migrate fix`` rewrites a copy; the copy runs on plain asyncio.
4. The same conversation is held again, and every byte compared.
5. pyftpdlib, which we did not write, serves a file on the bridge.
"""

from __future__ import annotations

import ftplib
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from conversation import CLIENTS, Recording, converse
from rich.console import Console
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / ".demo"
SERVER = HERE / "chat_server.py"
PYFTPDLIB = "pyftpdlib==1.5.10"

console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def main() -> None:
    """Show everything, and leave with exit status 1 if anything is not as it should be."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir()
    python = python_without_asyncore()
    original = run_unmodified(python)
    show_what_can_be_done()
    fixed = fix_a_copy()
    rewritten = run_rewritten(python, fixed)
    compare(original, rewritten)
    serve_files(python)


# -- 1


def python_without_asyncore() -> str:
    """Return the newest Python that is here and has lost asyncore, or else this one."""
    found = [sys.executable] if sys.version_info >= (3, 12) else []
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for minor in (13, 12):
        on_path = shutil.which(f"python3.{minor}")
        found += [on_path] if on_path else []
        found += [str(path) for path in sorted(pyenv.glob(f"versions/3.{minor}.*/bin/python"), reverse=True)]
    for python in found:
        asked = subprocess.run([python, "-c", "import asyncore"], capture_output=True, check=False)
        if b"ModuleNotFoundError" in asked.stderr:
            return python
    return sys.executable


def run_unmodified(python: str) -> Recording:
    """Run the chat server on the bridge and talk to it."""
    title("1. A chat server written for asyncore, as it is")
    asked = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
    name = "python" + ".".join(asked.split(".")[:2])
    command(f"{name} chat_server.py 0")
    plain = (
        subprocess.run([python, str(SERVER), "0"], capture_output=True, text=True, check=False, timeout=30)
        if (python != sys.executable or sys.version_info >= (3, 12))
        else None
    )
    if plain is None:
        console.print("(no Python without asyncore is here; the bridge works on this one all the same)")
    else:
        console.print(Text(plain.stderr.strip().splitlines()[-1], style="red"))
    console.print()
    command(f"{name} -m asyncore_bridge chat_server.py 0")
    return hold([python, "-m", "asyncore_bridge", str(SERVER), "0"], aloud=True)


def hold(server: list[str], aloud: bool) -> Recording:
    """Start *server*, hold the conversation with it, stop it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment.update(PYTHONPATH=str(ROOT / "bridge"), PYTHONDONTWRITEBYTECODE="1", PYTHONUNBUFFERED="1")
    with subprocess.Popen(server, stdout=subprocess.PIPE, env=environment, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            if not line:
                fail("the server did not start")
            console.print(Text(line, style="dim"))
            return converse(int(line.split()[-1]), say if aloud else None)
        finally:
            process.terminate()


COLOURS = dict(zip(CLIENTS, ("cyan", "magenta", "green")))


def say(client: str, direction: str, line: str) -> None:
    """Print one line of the conversation."""
    console.print(Text(f"  {client:>5} {direction} ", style="dim"), Text(line, style=COLOURS[client]), sep="")


# -- 2


def show_what_can_be_done() -> None:
    """Run check and diff."""
    title("2. What can be done with it")
    command("asyncore-migrate check chat_server.py")
    migrate("check", SERVER, expect=1)
    console.print()
    command("asyncore-migrate diff chat_server.py")
    patch = migrate("diff", SERVER, expect=1, quiet=True)
    console.print(Syntax(patch, "diff", theme="ansi_dark", background_color="default", word_wrap=True))


def migrate(command_name: str, path: Path, expect: int, quiet: bool = False) -> str:
    """Run asyncore-migrate and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "asyncore_codemods", command_name, path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if not quiet:
        console.print(Text((done.stdout + done.stderr).rstrip()))
    if done.returncode != expect:
        fail(f"asyncore-migrate {command_name} ended with {done.returncode}: {done.stderr}")
    return done.stdout


# -- 3


def fix_a_copy() -> Path:
    """Rewrite a copy of the server."""
    title("3. Rewritten, in a copy")
    copy = WORK / SERVER.name
    shutil.copy(SERVER, copy)
    command("asyncore-migrate fix chat_server.py")
    migrate("fix", copy, expect=0)
    text = copy.read_text()
    start = text.index("class ChatSession")
    console.print(
        Syntax(
            text[start : text.index("def enter")].rstrip(), "python", theme="ansi_dark", background_color="default"
        )
    )
    return copy


def run_rewritten(python: str, program: Path) -> Recording:
    """Run the copy on plain asyncio and hold the same conversation."""
    console.print()
    command("python chat_server.py 0        (plain asyncio: no bridge, no asyncore)")
    return hold([python, str(program), "0"], aloud=False)


# -- 4


def compare(original: Recording, rewritten: Recording) -> None:
    """Compare what every client received."""
    title("4. The same conversation, byte by byte")
    for client in CLIENTS:
        before, after = original[client], rewritten[client]
        verdict = Text("identical", style="green") if before == after else Text("DIFFERENT", style="bold red")
        console.print(f"  {client:>5}: {len(before):4} bytes before, {len(after):4} bytes after: ", verdict, sep="")
    if original != rewritten:
        fail("the rewritten program does not send what the original sent")


# -- 5


def serve_files(python: str) -> None:
    """Run an FTP server that we did not write on the bridge, and fetch a file."""
    title("5. A real project: pyftpdlib, from PyPI")
    libraries = WORK / "pyftpdlib"
    command(f"pip install {PYFTPDLIB}")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check",
         "--target", str(libraries), PYFTPDLIB],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        console.print(
            Text("PyPI cannot be reached, so this part is left out: ", style="yellow"), last_line(done.stderr)
        )
        return
    shared = WORK / "shared"
    shared.mkdir()
    content = os.urandom(3_000_000)
    (shared / "big.bin").write_bytes(content)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "bridge"), str(libraries)])}
    command("python ftp_server.py shared     (its asyncore and asynchat are the bridge's)")
    with subprocess.Popen(
        [python, str(HERE / "ftp_server.py"), str(shared)], stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            console.print(Text(line, style="dim"))
            received = fetch(int(line.split()[-1]))
        finally:
            process.terminate()
    same = received == content
    digest = hashlib.sha256(received).hexdigest()[:16]
    console.print(
        f"  RETR big.bin: {len(received):,} bytes, sha256 {digest}..., ",
        Text("the same file" if same else "NOT the same file", style="green" if same else "bold red"),
        sep="",
    )
    if not same:
        fail("the file came out differently")


def fetch(port: int) -> bytes:
    """Return the file that the FTP server serves."""
    received = bytearray()
    with ftplib.FTP() as client:
        client.connect("127.0.0.1", port, timeout=30)
        client.login()
        console.print(f"  LIST: {', '.join(client.nlst())}")
        client.retrbinary("RETR big.bin", received.extend)
    return bytes(received)


# -- printing


def title(text: str) -> None:
    """Print a headline."""
    console.print()
    console.print(Rule(text, align="left", style="bold"))


def command(text: str) -> None:
    """Print a command as a shell shows it."""
    console.print(Text(f"$ {text}", style="bold"))


def last_line(text: str) -> str:
    """Return the last line of *text*."""
    return (text.strip().splitlines() or [""])[-1]


def fail(message: str) -> None:
    """Leave with *message*."""
    console.print(Text(message, style="bold red"))
    sys.exit(1)


if __name__ == "__main__":
    main()
