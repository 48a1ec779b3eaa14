"""What the bridge keeps: each script in ``kept`` prints the same on the stdlib of Python 3.11 and on the bridge.

A script drives asyncore in each of its ways (see ``kept/_drive.py``); on somebody else's event loop (``attached``)
it has to print what ``asyncore.loop()`` makes it print on the stdlib.  Standard error is left out: the bridge logs
tracebacks there.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import trustme

import oracle

HERE = Path(__file__).parent
BRIDGE = HERE.parents[1] / "bridge"
MANY_RUNS = HERE.parent / "support" / "many_runs.py"
SCRIPTS = {path.stem: path for path in sorted((HERE / "kept").glob("[!_]*.py"))}
STDLIB_WAYS = ("loop", "loop-use_poll", "count", "count-use_poll", "poll", "poll2")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts use Unix sockets and fork()")


def ways(name):
    """The ways in which a script is run on the bridge."""
    found = re.search(r"^# ways: (.+)$", SCRIPTS[name].read_text(), re.MULTILINE)
    return found[1].split() if found else [*STDLIB_WAYS, "attached"]


RUNS = [(name, way) for name in SCRIPTS for way in ways(name)]
KINDS = ["bridge"] if sys.platform == "win32" else ["bridge", "uvloop"]


def play(python, kind, certificate, folder):
    """Run all scripts in one interpreter; return the results by script and way."""
    runs = [(name, way) for name, way in RUNS if kind != "stdlib" or way != "attached"]
    if kind == "uvloop":  # direct passes do not enter the event loop
        runs = [(name, way) for name, way in runs if way in ("loop", "loop-use_poll", "attached")]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    path = "" if kind == "stdlib" else str(BRIDGE)
    done = subprocess.run(
        [python, "-W", "ignore::DeprecationWarning", str(MANY_RUNS), kind],
        input=json.dumps([[str(SCRIPTS[name]), way] for name, way in runs]),
        capture_output=True,
        text=True,
        timeout=240,
        env={
            **environment,
            "PYTHONPATH": path,
            "PYTHONDONTWRITEBYTECODE": "1",
            "KEPT_CERTIFICATE": str(certificate),
            "TMPDIR": str(folder),
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(runs, json.loads(done.stdout)))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for a TLS server, with its key."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    trustme.CA().issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="module")
def played(certificate):
    """What came out of every script, in every way, by kind of interpreter."""
    truth = oracle.available().get((3, 11))
    if truth is None:
        pytest.skip("no Python 3.11 here")
    # pytest's own directories make names too long for Unix sockets
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        jobs = {"stdlib": pool.submit(play, truth.executable, "stdlib", certificate, folder)}
        for kind in KINDS:
            if kind != "uvloop" or oracle.this_python().uvloop:
                jobs[kind] = pool.submit(play, sys.executable, kind, certificate, folder)
        return {kind: job.result() for kind, job in jobs.items()}


@pytest.mark.parametrize(("name", "way"), RUNS, ids=["-".join(run) for run in RUNS])
def test_the_bridge_keeps(played, name, way):
    truth = played["stdlib"][name, "loop" if way == "attached" else way]
    assert truth[1], truth
    for kind in KINDS:
        result = played.get(kind, {}).get((name, way))
        if result is not None:
            assert result[:2] == truth[:2], f"on {kind}"
