"""Who is measured: ways to run the same server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SERVERS = HERE / "servers"

UVLOOP = (
    "import sys, warnings; warnings.simplefilter('ignore'); import uvloop; uvloop.install();"
    "from asyncore_bridge.__main__ import main; sys.path.insert(0, ''); main(sys.argv[1:])"
)
NATIVE_UVLOOP = "import sys, runpy, uvloop; uvloop.install(); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0])"


MONITORED = (
    "import sys; from asyncore_bridge import monitoring; monitoring.enable(slow=1.0);"
    "from asyncore_bridge.__main__ import main; sys.path.insert(0, ''); main(sys.argv[1:])"
)


def oracle() -> str:
    """Return a Python 3.11: its stdlib is what everything is compared with."""
    if sys.version_info[:2] == (3, 11):
        return sys.executable
    found = shutil.which("python3.11")
    if found is None:
        sys.exit("these figures are ratios to the stdlib's asyncore of Python 3.11, which is not here")
    return found


def command(contestant: str, server: str, *args: str) -> list[str]:
    """Return how to start *server* for *contestant*: stdlib, default, monitored, uvloop, native, native-uvloop."""
    path = str(SERVERS / server)
    python = oracle()
    return {
        "stdlib": [python, "-W", "ignore", path, *args],
        "default": [python, "-m", "asyncore_bridge", path, *args],
        "monitored": [python, "-c", MONITORED, path, *args],
        "uvloop": [python, "-c", UVLOOP, path, *args],
        "native": [python, str(SERVERS / "native.py")],
        "native-uvloop": [python, "-W", "ignore", "-c", NATIVE_UVLOOP, str(SERVERS / "native.py")],
    }[contestant]


def environment() -> dict[str, str]:
    """Return a plain environment with the bridge on the path, and byte code allowed."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return {**clean, "PYTHONPATH": str(ROOT / "bridge")}


class Running:
    """A server process: its port, and the CPU seconds it has used."""

    def __init__(self, contestant: str, server: str, *args: str) -> None:
        self.process = subprocess.Popen(
            command(contestant, server, *args), stdout=subprocess.PIPE, text=True, env=environment()
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def cpu(self) -> float:
        """Return the CPU time of the process so far, in seconds."""
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1e9

    def resident(self) -> int:
        """Return its resident memory in bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


def output(contestant: str, script: str, *args: str) -> str:
    """Run a script to its end and return what it prints."""
    done = subprocess.run(
        command(contestant, script, *args), capture_output=True, text=True, check=True, env=environment()
    )
    return done.stdout
