"""What the tool has to say: one finding for each thing found, with its place, its reason and what to do next."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.codes import Code
    from asyncore_codemods.model.inventory import Inventory


class Tier(str, enum.Enum):
    """How far a rewrite may be trusted.

    SAFE: the same bytes, order, output and exit, up to the differences that the finding names.
    UNSAFE: something else differs as well, as the finding says; written only when asked for.
    DISPLAY: shown as advice, never written.
    """

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class Strategy(str, enum.Enum):
    """What becomes of a class."""

    STREAMS = "streams"
    DATAGRAM = "datagram"
    SMTP = "smtp"
    BRIDGE = "bridge"
    REFUSED = "refused"


@dataclass(frozen=True)
class Finding:
    """One thing to report.

    `line` counts from 1 and `column` from 1, as editors show them. `fixable` says that `fix` changes something
    about it; what is not fixable is left for a person.
    """

    path: str
    line: int
    column: int
    code: Code
    message: str
    subject: str = ""  # the class
    fixable: bool = False
    tier: Tier | None = None
    strategy: Strategy | None = None
    differences: tuple[Code, ...] = ()
    is_error: bool = False
    done: str = ""  # what `fix` says of it when it is done

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        """Findings are reported file by file, from top to bottom."""
        return self.path, self.line, self.column, self.code.value


@dataclass(frozen=True)
class ClassVerdict:
    """What becomes of one class of the project, and why."""

    path: str
    line: int
    name: str
    root: str  # the removed class it derives from, "" for a producer
    strategy: Strategy
    tier: Tier | None
    reasons: tuple[tuple[Code, str], ...] = ()  # why it is not rewritten: code and message
    places: tuple[tuple[str, int], ...] = ()  # where each reason shows: file and line


@dataclass
class FileResult:
    """A file before and after: both as bytes, equal if nothing changes."""

    path: str
    old: bytes
    new: bytes

    @property
    def changed(self) -> bool:
        """Whether `fix` writes the file."""
        return self.old != self.new


@dataclass
class Outcome:
    """The result of a run over some paths, before anything is written."""

    findings: list[Finding] = field(default_factory=list)
    files: list[FileResult] = field(default_factory=list)
    searched: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    groups: list[list[FileResult]] = field(default_factory=list)  # files that are written together or not at all
    classes: list[ClassVerdict] = field(default_factory=list)
    inventory: Inventory | None = None  # everything about every class, if it was asked for

    @property
    def changed(self) -> list[FileResult]:
        """The files that `fix` writes."""
        return [file for file in self.files if file.changed]

    @property
    def errors(self) -> list[Finding]:
        """The findings that say a file could not be looked at or rewritten."""
        return [finding for finding in self.findings if finding.is_error]

    def add(self, part: Outcome) -> None:
        """Take in the outcome of one program."""
        self.findings += part.findings
        self.files += part.files
        self.groups += part.groups
        self.classes += part.classes
