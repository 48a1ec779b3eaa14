"""Cases on disk, played: the rewritten program does what the original does on the stdlib's own modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import AfterFix, Case, driven_cases

import oracle
from oracle import BYTES, RANDOM, WHOLE, Chunking, Comparison, Mode

if TYPE_CHECKING:
    from oracle.plugin import Same

HERE = oracle.this_python()
OTHERS = [python for minor, python in oracle.available().items() if minor != HERE.minor]


def plays() -> list[object]:
    """Every case with every chunking on the running Python, once on uvloop, and once on another Python in turn."""
    found = []
    for number, case in enumerate(driven_cases()):
        program = case.program()
        chosen: list[tuple[Mode, Chunking]] = [(AfterFix(HERE, case), cut) for cut in oracle.ALL]
        on_uvloop = AfterFix(HERE, case, uvloop=True)
        if HERE.uvloop and not program.awaits(on_uvloop):
            chosen.append((on_uvloop, RANDOM))
        others = [python for python in OTHERS if python.aiosmtpd or not program.mails]
        if others:
            other = AfterFix(others[number % len(others)], case)
            chosen.append((other, (WHOLE, BYTES)[number // len(others) % 2]))
        found += [
            pytest.param(case, mode, cut, id=f"{case.name}-{mode}-{cut}".replace(" ", "-")) for mode, cut in chosen
        ]
    return found


@pytest.mark.parametrize(("case", "mode", "chunking"), plays())
def test_same_as_on_the_stdlib(truth: oracle.Truth, same: Same, case: Case, mode: Mode, chunking: Chunking) -> None:
    program = case.program()

    def check(drive: oracle.Drive) -> Comparison:
        return truth.check(program, drive, mode, chunking)

    same(*oracle.side_by_side(check, [d for d in program.drives.values() if chunking in d.chunkings]))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in driven_cases()])
def test_is_plain_asyncio_where_promised(case: Case) -> None:
    left = case.left_imports
    assert (not left) is case.program().plain, f"still imported: {', '.join(sorted(left))}"
