"""Every program of ``tests/programs``, with every chunking, in every mode, against the stdlib's own modules.

The stdlib against itself always runs. For the bridge and the codemods, `REQUIRED` is the switch: a kind of mode
that it names is played whatever happens, one that it does not name is skipped while it does not exist.

The runs of the tests to come go on in the background while one test looks at its own, since a run spends much
of its time waiting.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Callable

import pytest

import oracle
from oracle import (
    BYTES,
    RANDOM,
    WHOLE,
    Bridge,
    Chunking,
    Comparison,
    Drive,
    Fixed,
    Mode,
    Options,
    Program,
    Transports,
    Truth,
)
from oracle.running import AT_A_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oracle.plugin import Same

REQUIRED = frozenset({"bridge", "transports", "fixed"})
"""The kinds of modes that must be there: all."""

THERE = {"bridge": oracle.has_bridge(), "transports": oracle.has_bridge(), "fixed": oracle.has_codemods()}
HERE = oracle.this_python()
OTHERS = [python for minor, python in oracle.available().items() if minor != HERE.minor]
if not os.environ.get("ORACLE_ALL_PYTHONS"):  # time: nox runs all of this on each Python anyway
    OTHERS = OTHERS[-1:]
EXACT = Fixed(HERE, options=Options(exact=True))


def modes() -> list[object]:
    """Every chunking is played in every kind of mode; all together they would take too long."""
    kinds: list[tuple[Mode, Chunking]] = [
        (kind(python), WHOLE) for python in (HERE, *OTHERS) for kind in (Bridge, Fixed)
    ]
    kinds += [(Transports(HERE), WHOLE), (Transports(HERE, uvloop=HERE.uvloop), BYTES), (Transports(HERE), RANDOM)]
    kinds += [(Bridge(HERE), BYTES), (Fixed(HERE, debug=True), BYTES)]
    kinds += [(kind(HERE, uvloop=HERE.uvloop), RANDOM) for kind in (Bridge, Fixed)]
    kinds += [(Fixed(HERE, options=Options(level=level)), WHOLE) for level in ("import", "loop")]
    return [pytest.param(mode, cut, id=f"{mode}-{cut}".replace(" ", "-")) for mode, cut in kinds]


def drives_of(program: Program, chunking: Chunking) -> list[Drive]:
    """The drives of a program that are played with that chunking."""
    return [drive for drive in program.drives.values() if chunking in drive.chunkings]


def tolerant() -> list[str]:
    """The programs with a drive that tolerates something."""
    return [name for name in oracle.names() if any(d.tolerates for d in oracle.load(name).drives.values())]


def comparisons(
    truth: Truth, name: str, mode: Mode | None, chunking: Chunking
) -> Iterator[Callable[[], Comparison]]:
    """What a test with these parameters has to play; without a mode, the oracle against itself."""
    program = oracle.load(name)
    for drive in drives_of(program, chunking):
        if mode is None:
            yield lambda drive=drive: truth.check_itself(program, drive, chunking)
        elif mode != EXACT or drive.tolerates:
            yield lambda drive=drive: truth.check(program, drive, mode, chunking)


Key = tuple[str, "Mode | None", Chunking]


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest, truth: Truth) -> Iterator[dict[Key, list[Future[Comparison]]]]:
    """The outcomes to come of everything that the selected tests of this module ask for, in their order."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        futures: dict[Key, list[Future[Comparison]]] = {}
        for item in request.session.items:
            parameters = getattr(item, "callspec", None) and item.callspec.params
            if parameters and item.module.__name__ == __name__ and "chunking" in parameters:
                key = (parameters["name"], parameters.get("mode"), parameters["chunking"])
                if key[1] is None or is_there(key[1].kind):
                    futures[key] = [pool.submit(play) for play in comparisons(truth, *key)]
        yield futures
        pool.shutdown(cancel_futures=True)


def is_there(kind: str) -> bool:
    return kind in REQUIRED or THERE[kind]


def skip_unless_there(kind: str) -> None:
    if not is_there(kind):
        pytest.skip(f"there is no {kind} yet, and it is not REQUIRED")


@pytest.mark.parametrize("name", oracle.names())
@pytest.mark.parametrize("chunking", oracle.ALL, ids=str)
def test_the_oracle_agrees_with_itself(played, same: Same, name: str, chunking: Chunking) -> None:
    same(*(future.result() for future in played[name, None, chunking]))


@pytest.mark.parametrize("name", oracle.names())
@pytest.mark.parametrize(("mode", "chunking"), modes())
def test_same_as_on_the_stdlib(played, same: Same, name: str, mode: Mode, chunking: Chunking, request) -> None:
    skip_unless_there(mode.kind)
    reason = oracle.load(name).awaits(mode)
    if reason:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    same(*(future.result() for future in played[name, mode, chunking]))


@pytest.mark.parametrize("name", tolerant())
@pytest.mark.parametrize(("mode", "chunking"), [pytest.param(EXACT, WHOLE, id="whole")])
def test_exact_means_without_tolerances(played, same: Same, name: str, mode: Mode, chunking: Chunking) -> None:
    skip_unless_there(mode.kind)
    same(*(future.result() for future in played[name, mode, chunking]))


@pytest.mark.parametrize("name", [name for name in oracle.names() if oracle.load(name).plain])
def test_fix_leaves_plain_asyncio_where_promised(name: str) -> None:
    skip_unless_there("fixed")
    fixed = oracle.fix(oracle.load(name))
    assert fixed.plain, f"still imported: {', '.join(sorted(fixed.imports))}\n{fixed.said}"
