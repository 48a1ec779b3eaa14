"""Source in pieces: the *.txt files beside this hold them, and templates put them together.

A file has sections, which begin with `##### name`; a section has pieces, with a line `---` between two of them; a
piece may have parts, each behind a line `:name`.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

Parts = dict[str, str]


@dataclass(frozen=True)
class Generated:
    """A program, and the words in which one speaks with it."""

    source: str
    words: tuple[bytes, ...]
    kind: str = "server"  # or "client", "datagrams"

    def __repr__(self) -> str:
        """Show the program as it is read, for whoever meets it in a failing test."""
        return f"{self.kind}, {self.words!r}:\n{self.source}"


class Pieces:
    """The pieces of one file."""

    def __init__(self, name: str) -> None:
        text = (Path(__file__).parent / f"{name}.txt").read_text("utf-8")
        sections = [section.partition("\n") for section in text.split("##### ")[1:]]
        self._sections = {title: pieces.strip("\n").split("\n---\n") for title, _, pieces in sections}

    def of(self, section: str) -> list[str]:
        """Return the pieces of a section."""
        return self._sections[section]

    def parts(self, section: str) -> list[Parts]:
        """Return the pieces of a section part by part; a part that is not there is empty."""
        return [_parts(piece) for piece in self.of(section)]


def fill(template: str, **blocks: str) -> str:
    """Return *template* with every line `{name}` replaced by that block, indented like it; empty ones go."""
    lines = []
    for line in template.strip("\n").split("\n"):
        name = line.strip()[1:-1] if line.strip().startswith("{") else ""
        if name not in blocks:
            lines.append(line)
        elif blocks[name]:
            lines.append(textwrap.indent(blocks[name].strip("\n"), line[: -len(line.lstrip())]))
    return "\n".join(lines) + "\n"


def chain(*cases: str, otherwise: str = "") -> str:
    """Return one chain of `if` and `elif`, in the order of *cases*, of which some may be empty."""
    found = "\n".join(case for case in cases if case)
    first, *others = found.split("\n") if found else [""]
    chained = "\n".join([first, *(f"el{line}" if line.startswith("if ") else line for line in others)])
    if not chained or not otherwise:
        return chained or otherwise
    return f"{chained}\nelse:\n{textwrap.indent(otherwise, '    ')}"


def case(condition: str, body: str) -> str:
    """Return an `if`, or nothing if it has no body."""
    return f"if {condition}:\n{textwrap.indent(body, '    ')}" if body else ""


def method(head: str, *blocks: str) -> str:
    """Return a method of these blocks; nothing if there is nothing in it."""
    body = "\n".join(block for block in blocks if block)
    return f"def {head}:\n{textwrap.indent(body, '    ')}" if body else ""


def members(*blocks: str) -> str:
    """Return what stands in a class, with an empty line between two of them."""
    return "\n\n".join(block.strip("\n") for block in blocks if block)


def _parts(piece: str) -> Parts:
    found = {}
    for part in ("\n" + piece).split("\n:")[1:]:
        name, _, text = part.partition("\n")
        found[name] = text
    return found
