"""Every program of ``tests/programs``, with every chunking, in every mode, against the stdlib's own modules.

The stdlib against itself always runs. The bridge and the codemods are tested from the day they exist.
`REQUIRED` is the switch that makes their absence an error: from then on nothing here is skipped for lack of
them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import oracle
from oracle import BYTES, RANDOM, WHOLE, Bridge, Chunking, Comparison, Fixed, Mode, Program, Truth

if TYPE_CHECKING:
    from oracle.plugin import Same

REQUIRED = frozenset()
"""Kinds of modes that must be there: ``frozenset({"bridge", "fixed"})`` once both are."""

THERE = {"bridge": oracle.has_bridge(), "fixed": oracle.has_codemods()}
HERE = oracle.this_python()
OTHERS = [python for minor, python in oracle.available().items() if minor != HERE.minor]
if not os.environ.get("ORACLE_ALL_PYTHONS"):  # time: nox runs all of this on each Python anyway
    OTHERS = OTHERS[:1] + OTHERS[1:][-1:]


def modes() -> list[object]:
    """Every chunking is played in every kind of mode; all together they would take too long."""
    kinds: list[tuple[Mode, tuple[Chunking, ...]]] = []
    for kind in (Bridge, Fixed):
        kinds.append((kind(HERE), (WHOLE, BYTES) if HERE.uvloop else oracle.ALL))
        if HERE.uvloop:
            kinds.append((kind(HERE, uvloop=True), (RANDOM,)))
        kinds += [(kind(python), (WHOLE,)) for python in OTHERS]
    return [pytest.param(mode, cut, id=f"{mode}-{cut}".replace(" ", "-")) for mode, cuts in kinds for cut in cuts]


@pytest.fixture(params=oracle.names())
def program(request: pytest.FixtureRequest) -> Program:
    return oracle.load(request.param)


@pytest.mark.parametrize("chunking", oracle.ALL, ids=str)
def test_the_oracle_agrees_with_itself(truth: Truth, same: Same, program: Program, chunking: Chunking) -> None:
    same(
        *oracle.side_by_side(lambda drive: truth.check_itself(program, drive, chunking), played(program, chunking))
    )


@pytest.mark.parametrize(("mode", "chunking"), modes())
def test_same_as_on_the_stdlib(
    truth: Truth, same: Same, program: Program, mode: Mode, chunking: Chunking, request: pytest.FixtureRequest
) -> None:
    if mode.kind not in REQUIRED and not THERE[mode.kind]:
        pytest.skip(f"there is no {mode.kind} yet, and it is not REQUIRED")
    reason = program.awaits(mode)
    if reason:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))

    def check(drive: oracle.Drive) -> Comparison:
        return truth.check(program, drive, mode, chunking)

    same(*oracle.side_by_side(check, played(program, chunking)))


@pytest.mark.skipif(not THERE["fixed"] and "fixed" not in REQUIRED, reason="there are no codemods yet")
@pytest.mark.parametrize("name", [name for name in oracle.names() if oracle.load(name).plain])
def test_fix_leaves_plain_asyncio_where_promised(name: str) -> None:
    fixed = oracle.fix(oracle.load(name))
    assert fixed.plain, f"still imported: {', '.join(sorted(fixed.imports))}\n{fixed.said}"


def played(program: Program, chunking: Chunking) -> list[oracle.Drive]:
    """The drives of a program that are played with that chunking."""
    return [drive for drive in program.drives.values() if chunking in drive.chunkings]
