"""The types of the public API, as a user's type checker sees them: where mypy is there, as after ``make lint``."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.every_python
def test_a_users_program_in_full_type_hints():
    """Every "type: ignore" in it has to be an error, and every assert_type() has to hold."""
    pytest.importorskip("mypy", reason="mypy is not installed here")
    check = [sys.executable, "-m", "mypy", "--no-color-output", str(ROOT / "tests" / "typing")]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
