"""Cases on disk, played: the rewritten program does what the original does on the stdlib's own modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import oracle
import pytest
from case_files import Case, driven_cases
from oracle import BYTES, RANDOM, WHOLE, Chunking, Comparison, Fixed, Mode

if TYPE_CHECKING:
    from oracle.plugin import Same

CASES = [pytest.param(case, id=case.name) for case in driven_cases()]
HERE = oracle.this_python()
OTHERS = [python for minor, python in oracle.available().items() if minor != HERE.minor]


def modes() -> list[object]:
    """Every chunking on the running Python; one each on the other Pythons, and on uvloop."""
    chosen: list[tuple[Mode, Chunking]] = [(Fixed(HERE), cut) for cut in oracle.ALL]
    if HERE.uvloop:
        chosen.append((Fixed(HERE, uvloop=True), RANDOM))
    chosen += [(Fixed(python), cut) for python, cut in zip(OTHERS, (WHOLE, BYTES) * len(OTHERS))]
    return [pytest.param(mode, cut, id=f"{mode}-{cut}".replace(" ", "-")) for mode, cut in chosen]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("mode", "chunking"), modes())
def test_same_as_on_the_stdlib(
    truth: oracle.Truth, same: Same, case: Case, mode: Mode, chunking: Chunking
) -> None:
    program = case.program()

    def check(drive: oracle.Drive) -> Comparison:
        return truth.check(program, drive, mode, chunking)

    same(*oracle.side_by_side(check, [d for d in program.drives.values() if chunking in d.chunkings]))


@pytest.mark.parametrize("case", CASES)
def test_is_plain_asyncio_where_promised(case: Case) -> None:
    program = case.program()
    fixed = oracle.fix(program)
    assert fixed.plain is program.plain, f"still imported: {', '.join(sorted(fixed.imports))}\n{fixed.said}"
