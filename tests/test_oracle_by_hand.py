"""``python -m oracle``, with which a person looks into a failing test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import oracle

TESTS = Path(__file__).parent


def by_hand(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "oracle", *words],
        cwd=TESTS,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_drive_is_compared(truth):
    done = by_hand("line_echo", "empty_lines", "--mode", "stdlib")
    assert done.returncode == 0, done.stderr
    version = truth.stdlib.python.label
    assert done.stdout.splitlines() == [
        f"line_echo/empty_lines, cut: {cut}: stdlib on {version} does the same as stdlib on {version}"
        for cut in ("whole", "bytes", "random")
    ]


def test_a_transcript_is_printed(truth):
    done = by_hand("line_echo", "empty_lines", "--mode", "stdlib", "--chunking", "random-7", "--transcript")
    transcript = oracle.Transcript.from_json(done.stdout)
    assert transcript.connections["ann"].received.startswith(b"1 [] 0\r\n2 [] 0\r\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["line_echo", "dance"], "line_echo has no drive dance, but conversation, "),
        (["line_echo", "--mode", "bridge@2.7"], "no mode 'bridge@2.7': stdlib, or bridge, transports, fixed with "),
        (["line_echo", "--mode", "nonsense"], "no mode 'nonsense'"),
        (["line_echo", "--chunking", "half"], "no chunking is called 'half'"),
        (["no_such_program"], "invalid choice: 'no_such_program'"),
    ],
)
def test_wrong_words_get_one_clear_message(truth, words, said):
    done = by_hand(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
