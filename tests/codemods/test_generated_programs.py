"""Generated programs: what `fix` writes talks as the original did on the stdlib, or it stays, and a reason is told.

A few examples of each kind run by default, always the same ones. GENERATED_PROGRAMS=1000 tries so many of each, new
ones each time (``nox -s generated``).
"""

from __future__ import annotations

import ast
import os
import signal
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from case_files import fix
from generated import Generated, Talk, chat_servers, clients, datagram_servers, dispatcher_servers, talks
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

import oracle
from asyncore_codemods.findings import Strategy
from asyncore_codemods.options import Options
from oracle import Mode, Program, Stdlib, compare, find_oracle, run
from oracle.comparison import TOLERANCES
from oracle.fixing import legacy_imports
from oracle.modes import BRIDGE, Launch

if TYPE_CHECKING:
    from asyncore_codemods.findings import Outcome

MANY = int(os.environ.get("GENERATED_PROGRAMS", "0"))
KINDS = {
    "chats": (chat_servers(), 10),
    "dispatchers": (dispatcher_servers(), 6),
    "datagrams": (datagram_servers(), 3),
    "clients": (clients(), 4),
}
ARGUMENTS = {"server": ("{port}",), "datagrams": ("{port}",), "client": ("{peer}",)}


@dataclass(frozen=True)
class Rewritten(Mode):
    """A program as `fix` left it; the bridge is there only where it is still imported."""

    plain: bool = True

    def launch(self, program: Program) -> Launch:
        environment = {} if self.plain else {"PYTHONPATH": str(BRIDGE)}
        return Launch((self.python.executable, str(program.script)), environment, rewritten=True)


def examine(
    generated: Generated, talk: Talk, directory: Path, python: oracle.Python | None = None
) -> tuple[bool, str]:
    """Say whether the program became plain asyncio, and what is wrong with what `fix` made of it."""
    before, after = directory / "before", directory / "after"
    for home in (before, after):
        home.mkdir()
        (home / "main.py").write_text(generated.source, "utf-8")
    python = python or oracle.this_python()
    options = Options(target="{}.{}".format(*python.minor))
    outcome = fix(after, options)
    plain = not legacy_imports(after)
    problem = "; ".join(faults(outcome, after, options))
    program, drive = Program(ARGUMENTS[generated.kind], directory=before), talk.drive(generated.kind)
    stdlib, rewritten = Stdlib.of(find_oracle()), Rewritten(python, plain)
    wanted, got = oracle.side_by_side(
        lambda side: run(side[0], drive, side[1], talk.chunking),
        [(program, stdlib), (program.at(after), rewritten)],
    )
    if wanted.status == got.status == -signal.SIGINT:  # a traceback; asyncio of 3.11 adds one of its own
        got = replace(got, stderr="")
    said = {code.value for finding in outcome.findings for code in finding.differences}
    comparison = compare(
        wanted,
        got,
        sides=("stdlib", "after fix"),
        rewritten=True,
        tolerate=[name for name in TOLERANCES if name in said],
    )
    if not comparison.same:
        problem += f"{comparison}\n{(after / 'main.py').read_text('utf-8')}"
    return plain, problem


def faults(outcome: Outcome, directory: Path, options: Options) -> list[str]:
    """Name the classes that stay on the bridge without a reason, and what else must not be after `fix`."""
    found = [
        f"{verdict.name} stays without a reason"
        for verdict in outcome.classes
        if verdict.strategy in (Strategy.BRIDGE, Strategy.REFUSED) and not verdict.reasons
    ]
    ast.parse((directory / "main.py").read_bytes(), feature_version=options.target_version)
    return found + ["a second run changes it"] * bool(fix(directory, options).changed)


@pytest.mark.parametrize("kind", KINDS)
def test_generated_programs_talk_as_before(truth: oracle.Truth, kind: str) -> None:
    programs, few = KINDS[kind]
    found: set[bool] = set()

    @settings(
        max_examples=MANY or few,
        derandomize=not MANY,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate, *((Phase.shrink,) if MANY else ())),
        suppress_health_check=list(HealthCheck),
    )
    @given(programs.flatmap(lambda program: st.tuples(st.just(program), talks(program))))
    def holds(example: tuple[Generated, Talk]) -> None:
        with tempfile.TemporaryDirectory() as directory:
            plain, problem = examine(*example, Path(directory))
        found.add(plain)
        event("plain asyncio" if plain else "stays on the bridge")
        assert not problem, problem

    holds()
    assert True in found, "nothing was rewritten: these programs test nothing"
