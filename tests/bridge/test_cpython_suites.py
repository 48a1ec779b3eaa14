"""CPython's own tests of asyncore, asynchat and smtpd, against the bridge, on every Python that is here.

The test files are read from an installed Python when the tests run (3.9 and 3.10: their own; from 3.11 on,
3.11's, the last that had them); nothing of them is kept here.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import oracle
from oracle.pythons import clean_environment

HERE = Path(__file__).parent
BRIDGE = HERE.parents[1] / "bridge"

PYTHONS = [(3, 9), (3, 10), (3, 11), (3, 12), (3, 13)]
NAMES = ["test_asyncore", "test_asynchat", "test_smtpd"]

NOT_APPLICABLE = {
    "test.test_asyncore": {
        # out-of-band data does not exist over Unix sockets
        "TestAPI_UseUnixSocketsPoll.test_handle_expt",
        "TestAPI_UseUnixSocketsSelect.test_handle_expt",
        # Unix sockets have paths: nothing to find in use, nothing to connect quickly
        "TestAPI_UseUnixSocketsPoll.test_bind",
        "TestAPI_UseUnixSocketsSelect.test_bind",
        "TestAPI_UseUnixSocketsPoll.test_set_reuse_addr",
        "TestAPI_UseUnixSocketsSelect.test_set_reuse_addr",
        "TestAPI_UseUnixSocketsPoll.test_quick_connect",
        "TestAPI_UseUnixSocketsSelect.test_quick_connect",
    },
    "test.test_asynchat": set(),
    "test.test_smtpd": set(),
}
"""What CPython's tests skip by themselves, with the stdlib's modules as well."""


def files_for(minor):
    python = oracle.available().get(min(minor, (3, 11)))
    if python is None:
        pytest.skip("no Python 3.11 here: its test files are what is run")
    lines = subprocess.run(
        [python.executable, "-c", "import test, sys; print(test.__path__[0])"], capture_output=True, text=True
    )
    if lines.returncode:
        pytest.skip("this Python came without its tests")
    return Path(lines.stdout.strip())


def play(python, name, directory):
    """Run the test file *name* on the bridge, in a directory of its own."""
    file = files_for(python.minor) / f"{name}.py"
    environment = clean_environment() | {"PYTHONPATH": str(BRIDGE), "PYTHONDONTWRITEBYTECODE": "1"}
    directory.mkdir()
    return subprocess.run(
        [python.executable, "-W", "ignore", str(HERE / "cpython_child.py"), file],
        env=environment,
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Plays the suites of each Python beside those of the others, since they wait most of the time."""
    directory = tmp_path_factory.mktemp("suites")
    found = {minor: python for minor in PYTHONS if (python := oracle.available().get(minor)) is not None}
    with ThreadPoolExecutor(len(PYTHONS)) as pool:
        yield {
            (name, minor): pool.submit(play, python, name, directory / f"{name}{minor[1]}")
            for name in NAMES
            for minor, python in found.items()
        }
        pool.shutdown(cancel_futures=True)


@pytest.mark.every_python
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("minor", PYTHONS, ids="{0[0]}.{0[1]}".format)
def test_passes_like_with_the_stdlib(played, name, minor, tmp_path):
    python = oracle.available().get(minor)
    if python is None:
        pytest.skip("no such Python here")
    known = played.pop((name, minor), None)  # a test that is run once more plays it by itself
    done = play(python, name, tmp_path / name) if known is None else known.result()
    assert done.stdout.startswith("{"), done.stderr
    report = json.loads(done.stdout)
    assert report["ours"]
    assert report["bad"] == {}, "\n".join(report["bad"].values())
    skipped = {test.partition(f"test.{name}.")[2] for test in report["skipped"]}
    allowed = NOT_APPLICABLE[f"test.{name}"]
    if sys.platform == "linux":
        assert skipped <= allowed | {test for test in skipped if "IPv6" in test}
    assert report["run"] >= {"test_asyncore": 95, "test_asynchat": 25, "test_smtpd": 150}[name]
