"""What the bridge mends: each script in ``mended`` fails on the stdlib, as it says, and not on the bridge."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

import oracle

HERE = Path(__file__).parent
BRIDGE = HERE.parents[1] / "bridge"
SCRIPTS = sorted((HERE / "mended").glob("*.py"))

TRIES = 5
"""Some failures of the stdlib are races, which it wins now and then."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts use Unix means to provoke errors")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    trustme.CA().issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return folder


def said_by(command, script, folder, **extra):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [*command, str(script), str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1", **extra},
    )
    return done.stdout.strip() or done.stderr


def promised(script, name):
    return re.search(rf"^{name}: (.+)$", script.read_text(), re.MULTILINE)[1]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_bridge_mends(script, folder):
    said = said_by([sys.executable, "-m", "asyncore_bridge"], script, folder, PYTHONPATH=str(BRIDGE))
    assert said == promised(script, "bridge")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_stdlib_fails(script, folder):
    python = oracle.available().get((3, 11))
    if python is None:
        pytest.skip("no Python 3.11 here")
    for _ in range(TRIES):
        said = said_by([python.executable, "-W", "ignore"], script, folder)
        if said == promised(script, "stdlib"):
            break
    assert said == promised(script, "stdlib")
