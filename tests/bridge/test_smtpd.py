"""smtpd, word for word: the same conversations with the stdlib's servers and the bridge's, cut in many ways."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import oracle

HERE = Path(__file__).parent / "smtpd"
BRIDGE = Path(__file__).parents[2] / "bridge"
sys.path.insert(0, str(HERE))
import conversations  # noqa: E402

sys.path.remove(str(HERE))

RANDOM = 300
"""Conversations made up for a run; their seed is fixed, so that a failure can be looked at."""


def play(python, kind, jobs, path):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [python, "-W", "ignore", str(HERE / "player.py"), kind],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        timeout=120,
        env={**environment, "PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(re.sub(r"\b\w+\.process_message\(\)", "process_message()", done.stdout))  # as 3.9 says it


@pytest.fixture(scope="module")
def stdlib(request):
    try:
        found = oracle.find_oracle()
    except oracle.OracleMissing as missing:
        pytest.skip(str(missing))
    return lambda jobs: play(found.python.executable, "stdlib", jobs, found.pythonpath)


def differences(stdlib, jobs):
    """Say where the bridge does something else than the stdlib."""
    with ThreadPoolExecutor() as pool:
        ours = pool.submit(play, sys.executable, "bridge", jobs, [BRIDGE])
        theirs = stdlib(jobs)
        for job, expected, found in zip(jobs, theirs, ours.result()):
            for part, value in expected.items():
                if found[part] != value:
                    yield f"{job['server']} {job['options']}, {job['about']}: {part}: {value} became {found[part]}"


def test_the_oracle_talks(stdlib):
    """What is compared below is worth comparing."""
    server, options, text = conversations.ABOUT["text"]
    (seen,) = stdlib([{"server": server, "options": options, "chunks": [text], "end": "stay"}])
    assert seen["replies"][0].startswith("220 HOST")
    assert seen["replies"][1].endswith(
        "354 End data with <CR><LF>.<CR><LF>\r\n250 OK\r\n250 OK\r\n221 Bye\r\n (end)"
    )
    greek = "\u03b1\u03b2\u03b3"
    assert seen["messages"] == [["127.0.0.1", "a@x", ["b@y"], f"'Subject: {greek}\\n\\n{greek}'", []]]


def test_says_and_does_the_same_about_everything(stdlib):
    assert list(differences(stdlib, conversations.about_everything())) == []


@pytest.mark.parametrize("seed", [20, 23])
def test_says_and_does_the_same_whatever_comes(stdlib, seed):
    assert list(differences(stdlib, conversations.at_random(seed, RANDOM))) == []


def test_private_names_are_deprecated_in_the_same_words(stdlib):
    server, options, text = conversations.ABOUT["private names"]
    (seen,) = stdlib([{"server": server, "options": options, "chunks": [text], "end": "stay"}])
    assert (
        "DeprecationWarning: Access to __line attribute on SMTPChannel is deprecated, use 'received_lines' instead"
        in (seen["warned"])
    )
