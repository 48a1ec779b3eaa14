"""What is known about a session: a class that talks over one connection, framed by a terminator."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.codes import Code
    from asyncore_codemods.spans import Place


@dataclass(frozen=True)
class Reason:
    """Why something cannot be rewritten, and where that shows."""

    code: Code
    message: str
    place: Place


class Delivery(enum.Enum):
    """How a frame reaches found_terminator()."""

    PARAMETER = "parameter"  # the buffer only built the frame: it becomes an argument
    KEPT = "kept"  # collect_incoming_data() stays, and is given the whole frame
    PIECEWISE = "piecewise"  # collect_incoming_data() stays, and is given each piece of a frame as it comes
    SIGNAL = "signal"  # input is thrown away: found_terminator() is only told
    PIECES = "pieces"  # nothing ends a frame: data is handled as it comes


@dataclass(frozen=True)
class Replacement:
    """A new text for an expression or a statement."""

    place: Place
    text: str


@dataclass
class InputIdiom:
    """How the class gathers a frame, and what becomes of the statements that do it."""

    delivery: Delivery
    attribute: str = ""
    parameter: str = ""
    removed: list[Place] = field(default_factory=list)
    replaced: list[Replacement] = field(default_factory=list)  # expressions
    rewritten: list[Replacement] = field(default_factory=list)  # statements
    unwrapped: list[Place] = field(default_factory=list)  # `if data:`, where there always is some
    guard_empty: bool = False  # asynchat does not call collect_incoming_data() for an empty frame
    text_by_frame: bool = False  # was decoded piece by piece
    undecodable: bool = False  # and not all of it can be decoded
    decode: str = ""  # ".decode('utf-8')": what the frame goes through before it is handed over


class Framing(enum.Enum):
    """What ends a frame."""

    CONSTANT = "constant"  # one terminator for good
    DELIMITERS = "delimiters"  # several, none of them a count
    OPEN = "open"  # delimiters, and sometimes nothing
    COUNTS = "counts"  # always a number of bytes
    MIXED = "mixed"  # delimiters and counts
    NOTHING = "nothing"  # None for good: data is handled as it comes


@dataclass
class FramingFacts:
    """The terminators of a class."""

    framing: Framing
    terminator: str = ""  # CONSTANT: the expression
    value: bytes | None = None  # CONSTANT: its value, if it is known
    may_be_empty: bool = False  # None, 0 or b"" can occur: nothing ends the frame
    only_counts: bool = False  # though not always: nothing else ends a frame
    one_shot: bool = False  # a count is 0 when its frame is complete: it may stay so, or is looked at
    checks: set[str] = field(default_factory=set)  # files in which lengths must be refused as soon as they are set
    removed: list[Place] = field(default_factory=list)
    assigned: list[Replacement] = field(default_factory=list)  # set_terminator(x) -> self.terminator = x
    read: list[Replacement] = field(default_factory=list)  # get_terminator() -> self.terminator
    is_lines: bool = False
    is_text: bool = False  # frames are decoded, and output is encoded
    encodes: bool = False  # which the class does itself with its output
