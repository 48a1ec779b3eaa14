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
from oracle.running import AT_A_TIME, PROCESSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


class Played:
    """The outcomes to come of what the selected tests of this module ask for."""

    def __init__(self, pool: ThreadPoolExecutor, truth: Truth, keys: Iterable[Key]) -> None:
        self._pool, self._truth = pool, truth
        self._waiting = dict.fromkeys(keys)
        self._futures: dict[Key, list[Future[Comparison]]] = {}

    def __getitem__(self, key: Key) -> list[Future[Comparison]]:
        """Return those of one test; the first of a program starts all of it, without pytest-xdist of them all."""
        if key not in self._futures:
            for waiting in [one for one in self._waiting if PROCESSES == 1 or one[0] == key[0]]:
                del self._waiting[waiting]
                self._futures[waiting] = [self._pool.submit(play) for play in comparisons(self._truth, *waiting)]
        return self._futures[key]


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest, truth: Truth) -> Iterator[Played]:
    """What is to be played, in the order of the tests."""
    keys = []
    for item in request.session.items:
        parameters = getattr(item, "callspec", None) and item.callspec.params
        if parameters and item.module.__name__ == __name__ and "chunking" in parameters:
            key = (parameters["name"], parameters.get("mode"), parameters["chunking"])
            if key[1] is None or is_there(key[1].kind):
                keys.append(key)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield Played(pool, truth, keys)
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


@pytest.mark.parametrize("name", [n for n in oracle.names() if oracle.load(n).plain])
def test_fix_leaves_plain_asyncio_where_promised(name: str) -> None:
    skip_unless_there("fixed")
    fixed = oracle.fix(oracle.load(name))
    assert fixed.plain, f"still imported: {', '.join(sorted(fixed.imports))}\n{fixed.said}"
