"""What differs between two transcripts, told so that the reader of a failing test understands at once.

Two differences are allowed to code that `fix` has written, and to nothing else, and only in drives that
name them: `BACKPRESSURE` and `FLUSH_ON_EOF`. A tolerated difference is still reported, as tolerated.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .transcript import Connection, Transcript

BACKPRESSURE = "BACKPRESSURE"
"""A peer that does not read is no longer read from (asynchat went on, and queued without bound)."""
FLUSH_ON_EOF = "FLUSH-ON-EOF"
"""Output that was queued when the peer half-closed is delivered (asyncore dropped it)."""
TOLERANCES = (BACKPRESSURE, FLUSH_ON_EOF)

BEFORE, AFTER = 30, 50
"""Bytes of context shown before and after the first that differs."""

_UNCAUGHT = re.compile(r"^error: uncaptured python exception, closing channel ")
_REPORT = "uncaptured python exception"
_UNHANDLED = re.compile(r".*(?:Unhandled exception in|exception was never retrieved|Exception in callback).*")
_COMPLAINTS = re.compile(
    r".*(?:was never awaited|Task was destroyed but it is pending|attached to a different loop"
    r"|Non-thread-safe operation|ResourceWarning).*"
)


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same."""

    where: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self.where, *("    " + line for line in self.lines)])


@dataclass
class Comparison:
    """The outcome for two transcripts: equal when there are no `differences`."""

    title: str
    sides: tuple[str, str]
    differences: list[Difference] = field(default_factory=list)
    tolerated: list[tuple[str, str]] = field(default_factory=list)
    """Name of the tolerance and what was tolerated."""
    stderr: str = ""
    varies: bool = False
    """Whether it is the same as what the oracle did in another run than the first."""

    @property
    def same(self) -> bool:
        """Whether nothing but tolerated differences was seen."""
        return not self.differences

    def __str__(self) -> str:
        if self.same:
            return f"{self.title}: {self.sides[1]} does the same as {self.sides[0]}"
        parts = [f"{self.title}: {self.sides[1]} does not do the same as {self.sides[0]}"]
        parts += [_indent(str(difference)) for difference in self.differences]
        parts += [f"  (tolerated as {name}: {what})" for name, what in self.tolerated]
        tail = self.stderr.strip().splitlines()[-15:]
        parts += [f"  stderr of {self.sides[1]}:", *("    | " + line for line in tail)] if tail else []
        return "\n".join(parts)


def compare(
    wanted: Transcript,
    got: Transcript,
    *,
    title: str = "transcripts",
    sides: tuple[str, str] = ("wanted", "got"),
    rewritten: bool = False,
    tolerate: Collection[str] = (),
    strict_endings: bool = False,
) -> Comparison:
    """Compare two transcripts; *title* and *sides* say what they are of, for the reader.

    *rewritten* says that *got* comes from code that `fix` wrote: then the tolerances named in *tolerate*
    apply, asyncore's printed report of an uncaught exception may be missing (asyncio logs it), and what
    asyncio complains of on stderr is a difference. With *strict_endings* a reset is not the same as an end
    of file; otherwise which of them a close becomes is taken as the kernel's business.
    """
    unknown = set(tolerate) - set(TOLERANCES)
    if unknown:
        raise ValueError(
            f"there is no tolerance called {', '.join(sorted(unknown))}; there are {', '.join(TOLERANCES)}"
        )
    result = Comparison(title, sides, stderr=got.stderr)
    if not strict_endings:
        wanted, got = _without_resets(wanted), _without_resets(got)
    if got.unmet != wanted.unmet and got.unmet is not None:
        result.differences.append(Difference("the drive could not go on", tuple(got.unmet.splitlines())))
    _Connections(result, set(tolerate) if rewritten else set()).compare(wanted, got)
    stdout = [side.stdout for side in (wanted, got)]
    if rewritten:
        stdout = [tuple(line for line in lines if not _UNCAUGHT.match(line)) for lines in stdout]
    _compare_lines(result, "standard output", *stdout)
    _compare_lines(result, "the drive's notes", wanted.notes, got.notes)
    if wanted.status != got.status:
        _unequal(result, "exit status", wanted.status, got.status)
    if rewritten:
        _complaints(result, wanted, got)
    return result


class _Connections:
    """Compares conversation by conversation, setting tolerated differences apart."""

    def __init__(self, result: Comparison, tolerate: Collection[str]) -> None:
        self.result, self.tolerate = result, tolerate

    def compare(self, wanted: Transcript, got: Transcript) -> None:
        for name in {**wanted.connections, **got.connections}:
            self._one(f"connection {name!r}", wanted.connections.get(name), got.connections.get(name))

    def _one(self, where: str, wanted: Connection | None, got: Connection | None) -> None:
        if wanted is None or got is None:
            source = self.result.sides[got is not None]
            self.result.differences.append(Difference(where, (f"only {source} has it",)))
            return
        if wanted.stalled != got.stalled and not (got.stalled and self._tolerated(BACKPRESSURE, where)):
            _unequal(self.result, f"{where}: stopped reading from us", wanted.stalled, got.stalled)
        self._contents(where, wanted, got)
        if wanted.ended != got.ended:
            _unequal(self.result, f"{where}: ended", wanted.ended, got.ended)

    def _contents(self, where: str, wanted: Connection, got: Connection) -> None:
        if wanted.datagrams is not None or got.datagrams is not None:
            _compare_lines(
                self.result, f"{where}: datagrams", [repr(x) for x in wanted.datagrams or ()],
                [repr(x) for x in got.datagrams or ()],
            )  # fmt: skip
        elif wanted.complete is not None and got.complete is not None:
            if wanted.complete != got.complete and not self._flushed(where, wanted, got):
                _unequal(self.result, f"{where}: all of the output came", wanted.complete, got.complete)
        elif wanted.received != got.received and not self._flushed(where, wanted, got):
            self.result.differences.append(self._bytes(where, wanted, got))

    def _flushed(self, where: str, wanted: Connection, got: Connection) -> bool:
        more = len(got.received) > len(wanted.received) and got.received.startswith(wanted.received)
        return got.half_closed and (more or got.complete is True) and self._tolerated(FLUSH_ON_EOF, where)

    def _tolerated(self, name: str, where: str) -> bool:
        if name in self.tolerate:
            self.result.tolerated.append((name, where))
            return True
        return False

    def _bytes(self, where: str, wanted: Connection, got: Connection) -> Difference:
        at = _first_difference(wanted.received, got.received)
        start = max(0, at - BEFORE)
        shared = ("..." if start else "") + _readable(wanted.received[start:at])
        names = self.result.sides
        width = max(map(len, names))
        sides = [
            f"{name:{width}}  {shared}{_readable(side.received[at : at + AFTER])}{_after(side, at)}"
            for name, side in zip(names, (wanted, got))
        ]
        pointer = " " * (width + 2 + len(shared)) + "^"
        return Difference(f"{where}: bytes differ from byte {at} on", (sides[0], sides[1], pointer))


def _complaints(result: Comparison, wanted: Transcript, got: Transcript) -> None:
    """Report what asyncio complains of; an unhandled exception is none where the old program reported one too."""
    reported = any(_REPORT in text for text in (*wanted.stdout, wanted.stderr))
    complaints = [
        line
        for line in got.stderr.splitlines()
        if _COMPLAINTS.match(line) or (not reported and _UNHANDLED.match(line))
    ]
    if complaints:
        result.differences.append(Difference("asyncio complains on stderr", tuple(complaints[:5])))


def _without_resets(transcript: Transcript) -> Transcript:
    connections = {
        name: replace(connection, ended="eof") if connection.ended == "reset" else connection
        for name, connection in transcript.connections.items()
    }
    return replace(transcript, connections=connections)


def _unequal(result: Comparison, where: str, wanted: object, got: object) -> None:
    lines = f"{result.sides[0]}: {_said(wanted)}", f"{result.sides[1]}: {_said(got)}"
    result.differences.append(Difference(where, lines))


def _compare_lines(result: Comparison, where: str, wanted: Sequence[str], got: Sequence[str]) -> None:
    """Report the first line that differs, with the line before it."""
    for number, (one, other) in enumerate(itertools.zip_longest(wanted, got)):
        if one != other:
            before = (f"after  {wanted[number - 1]}",) if number else ()
            names = result.sides
            width = max(map(len, names))
            sides = [f"{name:{width}}  {_line(line)}" for name, line in zip(names, (one, other))]
            lines = (*before, *sides, f"({len(wanted)} lines against {len(got)})")
            result.differences.append(Difference(f"{where}, line {number + 1}", lines))
            return


def _line(line: str | None) -> str:
    return "<no more lines>" if line is None else line if len(line) <= 300 else line[:300] + "..."


def _said(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _first_difference(one: bytes, other: bytes) -> int:
    """Return the first index at which two unequal byte strings part."""
    low, high = 0, min(len(one), len(other))
    while low < high:  # the longest common beginning, found by halving: the strings may be megabytes
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _readable(data: bytes) -> str:
    return repr(data)[2:-1]


def _after(connection: Connection, at: int) -> str:
    if at + AFTER < len(connection.received):
        return f"... ({len(connection.received)} bytes in all)"
    return f" <{connection.ended}>"


def _indent(text: str) -> str:
    return "\n".join("  " + line for line in text.splitlines())
