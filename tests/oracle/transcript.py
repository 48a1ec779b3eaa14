"""What one run of a program amounted to: plain data, comparable, and readable on disk.

Numbers that no two runs share (ports, addresses in memory, directories) are replaced by names before
anything is kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Connection:
    """One scripted conversation, seen from our side."""

    received: bytes
    """All bytes in order; only what the drive had looked at where we ended it."""
    ended: str
    """``eof`` or ``reset`` by the program, ``we closed``, ``we reset``, or ``open`` when the drive was over."""
    half_closed: bool = False
    """We sent end of file and went on reading."""
    stalled: bool = False
    """The program stopped reading from us while we were not reading from it."""
    complete: bool | None = None
    """For output of which only "all or not all" is comparable (`Stream.wants_all_of`): whether all of it came."""
    datagrams: tuple[bytes, ...] | None = None
    """For UDP, what came instead of `received`."""


@dataclass(frozen=True)
class Transcript:
    """Everything observable in one run."""

    connections: Mapping[str, Connection]
    stdout: tuple[str, ...] = ()
    status: int | str = "running"
    """The exit status, or ``running`` when the drive was over before the program."""
    notes: tuple[str, ...] = ()
    """What the drive itself thought worth keeping."""
    unmet: str | None = None
    """The first expectation of the drive that did not come true; what follows it was not played."""
    stderr: str = field(default="", compare=False)
    """The end of standard error, for people; never compared."""

    def to_json(self) -> str:
        """Return the transcript as JSON in which text reads as text, one line of the conversation to a line."""
        return json.dumps(
            {
                "connections": {name: _plain(connection) for name, connection in self.connections.items()},
                "stdout": self.stdout,
                "status": self.status,
                "notes": self.notes,
                "unmet": self.unmet,
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Transcript:
        """Read what `to_json` wrote. Raises ValueError for anything else."""
        data = json.loads(text)
        try:
            return cls(
                {name: _connection(plain) for name, plain in data["connections"].items()},
                tuple(data["stdout"]),
                data["status"],
                tuple(data["notes"]),
                data["unmet"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a transcript: {error!r}") from error


def _plain(connection: Connection) -> dict[str, Any]:
    plain: dict[str, Any] = {"ended": connection.ended}
    if connection.datagrams is None:
        plain["received"] = re.findall(r"[^\n]*\n|[^\n]+", connection.received.decode("latin-1"))
    else:
        plain["datagrams"] = [datagram.decode("latin-1") for datagram in connection.datagrams]
    for name in ("half_closed", "stalled"):
        if getattr(connection, name):
            plain[name] = True
    if connection.complete is not None:
        plain["complete"] = connection.complete
    return plain


def _connection(plain: Mapping[str, Any]) -> Connection:
    datagrams = plain.get("datagrams")
    return Connection(
        "".join(plain.get("received", ())).encode("latin-1"),
        plain["ended"],
        half_closed=plain.get("half_closed", False),
        stalled=plain.get("stalled", False),
        complete=plain.get("complete"),
        datagrams=None if datagrams is None else tuple(text.encode("latin-1") for text in datagrams),
    )


_TRACE = re.compile(r"(?: \[[^\[\]]*?\|[^\[\]|]*\|\d+\])+\)$")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_NUMBER = re.compile(r"(?<![\w.])\d{4,5}(?![\w.]*\d)")


def scrub(line: str, ports: Mapping[int, str], directory: str) -> str:
    """Return a line of output with names in place of this run's ports, directory and addresses in memory.

    asyncore's report of an uncaught exception ends in the places of a traceback, which is the stdlib's
    business and not the program's; it is cut there.
    """
    line = _TRACE.sub(" [...])", line)
    line = _ADDRESS.sub("0x...", line.replace(directory, "<tmp>"))
    return _NUMBER.sub(lambda match: f"<{ports[int(match[0])]}>" if int(match[0]) in ports else match[0], line)
