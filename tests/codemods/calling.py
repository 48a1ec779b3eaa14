"""Calls of the command in this process."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass

import pytest

from asyncore_codemods.cli import cli


@dataclass
class Result:
    """How a call ended."""

    exit_code: int
    stdout_bytes: bytes
    stderr: str

    @property
    def stdout(self) -> str:
        return self.stdout_bytes.decode()

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


def call(*words: object, stdin: bytes = b"") -> Result:
    """Call the command in this process. (click's own runner changed between the versions that we support.)"""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
            cli.main([str(word) for word in words], prog_name="asyncore-migrate")
    out.flush()
    err.flush()
    code = ended.value.code
    assert isinstance(code, int)
    return Result(code, out.buffer.getvalue(), err.buffer.getvalue().decode())


def lines(result: Result) -> list[str]:
    return result.stdout.splitlines()
