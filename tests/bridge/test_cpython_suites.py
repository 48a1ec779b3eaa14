"""CPython's own tests of asyncore, asynchat and smtpd, against the bridge, on every Python that is here.

The test files are read from an installed Python when the tests run (3.9 and 3.10: their own; from 3.11 on,
3.11's, the last that had them); nothing of them is kept here.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import oracle

HERE = Path(__file__).parent
BRIDGE = HERE.parents[1] / "bridge"

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


@pytest.mark.every_python
@pytest.mark.parametrize("name", ["test_asyncore", "test_asynchat", "test_smtpd"])
@pytest.mark.parametrize("minor", [(3, 9), (3, 10), (3, 11), (3, 12), (3, 13)], ids="{0[0]}.{0[1]}".format)
def test_passes_like_with_the_stdlib(name, minor, tmp_path):
    python = oracle.available().get(minor)
    if python is None:
        pytest.skip("no such Python here")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment.update(PYTHONPATH=str(BRIDGE), PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run(
        [python.executable, "-W", "ignore", str(HERE / "cpython_child.py"), files_for(minor) / f"{name}.py"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.startswith("{"), done.stderr
    report = json.loads(done.stdout)
    assert report["ours"]
    assert report["bad"] == {}, "\n".join(report["bad"].values())
    skipped = {test.partition(f"test.{name}.")[2] for test in report["skipped"]}
    allowed = NOT_APPLICABLE[f"test.{name}"]
    if sys.platform == "linux":
        assert skipped <= allowed | {test for test in skipped if "IPv6" in test}
    assert report["run"] >= {"test_asyncore": 95, "test_asynchat": 25, "test_smtpd": 150}[name]
