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

_RUN = "from asyncore_bridge.__main__ import main; sys.path.insert(0, ''); main(sys.argv[1:])"
UVLOOP = f"import sys, warnings; warnings.simplefilter('ignore'); import uvloop; uvloop.install(); {_RUN}"
MONITORED = f"import sys; from asyncore_bridge import monitoring; monitoring.enable(slow=1.0); {_RUN}"
WAS_MONITORED = f"import sys; from asyncore_bridge import monitoring as m; m.enable(); m.disable(); {_RUN}"
_ON_UVLOOP = (
    "import sys, runpy, uvloop; uvloop.install(); sys.argv = sys.argv[1:];"
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)


class Setting:
    """What the command line may change."""

    python = ""
    """The interpreter; "" for a Python 3.11, whose stdlib everything is compared with."""
    copies = ""
    """Where "stdlib" finds asyncore and asynchat, for Pythons whose standard library has none."""


def oracle() -> str:
    """Return the interpreter that runs everybody."""
    if Setting.python:
        return Setting.python
    if sys.version_info[:2] == (3, 11):
        return sys.executable
    found = shutil.which("python3.11")
    if found is None:
        sys.exit(
            "these figures are ratios to the stdlib's asyncore of Python 3.11, which is not here; see --python"
        )
    return found


def command(contestant: str, server: str, *args: str) -> list[str]:
    """Return how to start *server* for *contestant*.

    stdlib: on the stdlib's modules.  default, uvloop: on the bridge, unmodified.  monitored: with counters.
    served, served-uvloop: its class over asyncio transports.  native, native-uvloop: an asyncio Protocol.
    """
    path = str(SERVERS / server)
    python = oracle()
    served = [str(SERVERS / "served.py"), server.removesuffix(".py"), *args]
    return {
        "stdlib": [python, "-W", "ignore", path, *args],
        "default": [python, "-m", "asyncore_bridge", path, *args],
        "monitored": [python, "-c", MONITORED, path, *args],
        "was-monitored": [python, "-c", WAS_MONITORED, path, *args],
        "uvloop": [python, "-c", UVLOOP, path, *args],
        "served": [python, *served],
        "served-uvloop": [python, "-W", "ignore", "-c", _ON_UVLOOP, *served],
        "native": [python, str(SERVERS / "native.py")],
        "native-uvloop": [python, "-W", "ignore", "-c", _ON_UVLOOP, str(SERVERS / "native.py")],
    }[contestant]


def environment(contestant: str = "") -> dict[str, str]:
    """Return a plain environment with the bridge on the path, and byte code allowed."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    path = [Setting.copies] if contestant == "stdlib" and Setting.copies else []
    return {**clean, "PYTHONPATH": os.pathsep.join([*path, str(ROOT / "bridge")])}


def can_run(contestant: str) -> bool:
    """Whether what *contestant* needs is installed."""
    if "uvloop" not in contestant:
        return True
    return subprocess.run([oracle(), "-c", "import uvloop"], capture_output=True, check=False).returncode == 0


class Running:
    """A server process: its port, and the CPU seconds it has used."""

    def __init__(self, contestant: str, server: str, *args: str) -> None:
        self.process = subprocess.Popen(
            command(contestant, server, *args), stdout=subprocess.PIPE, text=True, env=environment(contestant)
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
        command(contestant, script, *args), capture_output=True, text=True, check=True, env=environment(contestant)
    )
    return done.stdout
