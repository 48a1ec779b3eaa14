"""How a message is cut on its way: a dimension of the run, not of the drive.

The same script is played with every chunking. A drive says ``send(b"one\\r\\ntwo\\r\\n")``; whether that
reaches the program in one read, in ten, or torn in the middle of a terminator is decided here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

EDGE = 150
"""How many bytes at both ends of a long message are sent one by one; the middle goes in larger pieces."""
MIDDLE_PIECES = 40


@dataclass(frozen=True)
class Chunking:
    """A rule by which messages are cut. `name` is what tests and reports call it."""

    name: str

    def pieces(self, message: bytes, seed: str) -> Iterator[bytes]:
        """Yield *message* in pieces, the same ones whenever *seed* is the same."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.name


class _Whole(Chunking):
    def pieces(self, message: bytes, seed: str) -> Iterator[bytes]:
        yield message


class _Bytes(Chunking):
    """Byte by byte, so that every position is cut once.

    A long message would take for ever: beyond its first and last bytes it goes in random pieces. A drive
    that wants every byte of something long sends it in several messages.
    """

    def pieces(self, message: bytes, seed: str) -> Iterator[bytes]:
        if len(message) <= 2 * EDGE:
            yield from _singly(message)
        else:
            yield from _singly(message[:EDGE])
            yield from _randomly(message[EDGE:-EDGE], random.Random(seed), MIDDLE_PIECES)
            yield from _singly(message[-EDGE:])


@dataclass(frozen=True)
class _Random(Chunking):
    seed: int = 1

    def pieces(self, message: bytes, seed: str) -> Iterator[bytes]:
        dice = random.Random(f"{self.seed}/{seed}")
        yield from _randomly(message, dice, dice.choice((2, 4, 8, MIDDLE_PIECES)))


@dataclass(frozen=True)
class Cuts(Chunking):
    """Cut every message at the given positions: for hypothesis, and for replaying one tear precisely."""

    at: tuple[int, ...] = ()

    def pieces(self, message: bytes, seed: str) -> Iterator[bytes]:
        edges = [0, *sorted({cut for cut in self.at if 0 < cut < len(message)}), len(message)]
        for start, stop in zip(edges, edges[1:]):
            yield message[start:stop]


WHOLE = _Whole("whole")
BYTES = _Bytes("bytes")
RANDOM = _Random("random")
ALL = (WHOLE, BYTES, RANDOM)
"""What every drive is played with, unless it says otherwise."""


def by_name(name: str) -> Chunking:
    """Return the chunking of that name; ``random-7`` is random with the seed 7.

    Raises ValueError for a name that none has.
    """
    for chunking in ALL:
        if chunking.name == name:
            return chunking
    kind, _, seed = name.partition("-")
    if kind == RANDOM.name and seed.isdigit():
        return _Random(name, int(seed))
    raise ValueError(f"no chunking is called {name!r}; there are {', '.join(c.name for c in ALL)} and random-SEED")


def _singly(message: bytes) -> Iterator[bytes]:
    for at in range(len(message)):
        yield message[at : at + 1]


def _randomly(message: bytes, dice: random.Random, pieces: int) -> Iterator[bytes]:
    """Cut into about *pieces* pieces; every cut is equally likely."""
    count = min(pieces, len(message)) - 1
    cuts = sorted(dice.sample(range(1, len(message)), count)) if count > 0 else []
    edges = [0, *cuts, len(message)]
    for start, stop in zip(edges, edges[1:]):
        if start < stop:
            yield message[start:stop]
