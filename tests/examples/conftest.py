"""The guide's example programs, run as a reader would run them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "migration-guide" / "examples"
PATIENCE = 30


class Running:
    """An example that is running; warnings are errors in it, and asyncio's debug mode is on."""

    def __init__(self, name, *args):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        environment.update(PYTHONASYNCIODEBUG="1", PYTHONDONTWRITEBYTECODE="1", PYTHONUNBUFFERED="1")
        command = [sys.executable, "-W", "error::ResourceWarning", str(EXAMPLES / name), *map(str, args)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )

    def line(self, start):
        """Return what its next line of output says after *start*."""
        line = self.process.stdout.readline()
        assert line.startswith(start), line + self.finish()[1]
        return line[len(start) :].strip()

    def finish(self):
        """End it; return what else it wrote: (output, errors)."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.communicate(timeout=PATIENCE)

    def ends(self):
        """Wait until it ends by itself, without complaints; return the rest of its output."""
        output, errors = self.process.communicate(timeout=PATIENCE)
        assert (self.process.returncode, errors) == (0, ""), output
        return output


@pytest.fixture
def example():
    """Start an example: ``example(name, *args)``; it must not complain on stderr."""
    running = []

    def start(name, *args):
        running.append(Running(name, *args))
        return running[-1]

    yield start
    for program in running:
        if program.process.stdout and not program.process.stdout.closed:
            errors = program.finish()[1]
            assert not [line for line in errors.splitlines() if not line.startswith("Executing ")], errors
