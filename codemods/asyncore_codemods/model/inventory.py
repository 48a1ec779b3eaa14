"""The inventory of a code base: one description for every class found, whatever becomes of it.

Plain data from end to end: `as_json()` gives what `report --format json` prints under "inventory", and
`inventory.schema.json`, beside this file, says what that looks like.
"""

from __future__ import annotations

import dataclasses
import enum
import json
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Callable

SCHEMA_VERSION = 1


class Role(str, enum.Enum):
    """What a class is for."""

    LISTENER = "listener"
    SESSION = "session"  # given a socket that somebody else accepted or opened
    CLIENT = "client"
    DATAGRAM = "datagram"
    FILE = "file"
    SMTP_SERVER = "smtp server"
    SMTP_CHANNEL = "smtp channel"
    PRODUCER = "producer"


class FrameKind(str, enum.Enum):
    """What ends a frame."""

    CONSTANT = "constant"  # one terminator for good
    CHANGING = "changing"  # several, or lines and counts in turn
    COUNTED = "counted"  # always a number of bytes
    NONE = "none"  # nothing: data is handled as it comes
    COMPUTED = "computed"  # given from elsewhere, so that it cannot be told


class LoopEnd(str, enum.Enum):
    """How a run of the loop comes to its end."""

    EMPTY = "map is empty"
    COUNT = "count"
    INTERRUPT = "interrupt"  # KeyboardInterrupt or SystemExit is caught around it
    EXIT_NOW = "ExitNow"
    NEVER = "never"  # a `while True` around it without a way out
    CONDITION = "condition"  # of a `while` around it, or a `break`


@dataclass(frozen=True)
class Where:
    """A line of a file."""

    path: str
    line: int


@dataclass(frozen=True)
class Named:
    """Something with a name, at a line: an override, an idiom, an attribute used."""

    name: str
    line: int
    detail: str = ""


@dataclass(frozen=True)
class OutsideCall:
    """Somewhere outside the class where it is made, or where an inherited method may be called on it."""

    name: str
    where: Where
    scope: str = ""  # the function, "" at the top of the module


@dataclass(frozen=True)
class Because:
    """Why a class gets its strategy: a code, what is the matter, where it shows, and what to do by hand."""

    code: str
    message: str
    where: Where
    advice: str = ""


@dataclass
class ClassModel:
    """One class of the project."""

    name: str
    qualname: str
    where: Where
    end_line: int
    root: str  # the removed class it derives from, "" for a producer
    bases: list[str]
    family: str  # the qualified name of the topmost class of its hierarchy
    depth: int  # 1 derives from a removed class itself
    is_local: bool
    role: Role
    framing: FrameKind
    terminators: list[Named] = field(default_factory=list)
    outside_terminators: list[OutsideCall] = field(default_factory=list)
    input: list[str] = field(default_factory=list)  # names of idioms
    output: list[str] = field(default_factory=list)
    overrides: list[Named] = field(default_factory=list)
    socket: list[Named] = field(default_factory=list)  # what is taken of self.socket
    internals: list[Named] = field(default_factory=list)
    constructed: list[OutsideCall] = field(default_factory=list)
    called: list[OutsideCall] = field(default_factory=list)
    threads: list[Named] = field(default_factory=list)
    timers: list[Named] = field(default_factory=list)
    idioms: list[Named] = field(default_factory=list)
    strategy: str = ""  # streams, datagram, smtp, bridge or refused
    tier: str = ""  # safe, unsafe or display
    reasons: list[Because] = field(default_factory=list)


@dataclass
class LoopModel:
    """One call of asyncore.loop() or one of its relatives."""

    call: str  # "asyncore.loop", "asyncore.poll"
    where: Where
    scope: str
    arguments: list[str]
    ends: list[LoopEnd]
    in_while: bool = False
    in_thread: bool = False


@dataclass
class Trick:
    """Something that changes what the removed modules are: reported, as names cannot be followed through it."""

    what: str
    where: Where


@dataclass
class ImportModel:
    """One import of a removed module."""

    name: str  # "asyncore", "asyncore.loop"
    form: str  # "module" for `import x`, "name" for `from x import y`, "star"
    where: Where
    in_block: bool  # in a try, an if, a function or a class


@dataclass
class Inventory:
    """Everything that was found."""

    classes: list[ClassModel] = field(default_factory=list)
    loops: list[LoopModel] = field(default_factory=list)
    tricks: list[Trick] = field(default_factory=list)
    imports: list[ImportModel] = field(default_factory=list)
    uses: list[OutsideCall] = field(default_factory=list)  # of removed modules, but for base classes and loops

    def as_json(self, show_path: Callable[[str], str] = str) -> dict[str, Any]:
        """Return what json.dumps() takes, in the form that schema() describes; *show_path* renders paths."""
        return {
            "version": SCHEMA_VERSION,
            "classes": [_plain(model, show_path) for model in self.classes],
            "loops": [_plain(loop, show_path) for loop in self.loops],
            "tricks": [_plain(trick, show_path) for trick in self.tricks],
            "imports": [_plain(imported, show_path) for imported in self.imports],
            "uses": [_plain(use, show_path) for use in self.uses],
        }


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of Inventory.as_json()."""
    text = resources.files("asyncore_codemods.model").joinpath("inventory.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _plain(value: Any, show_path: Callable[[str], str]) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Where):
        return {"path": show_path(value.path), "line": value.line}
    if dataclasses.is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name), show_path) for one in dataclasses.fields(value)}
    if isinstance(value, list):
        return [_plain(item, show_path) for item in value]
    return value
