"""The table of tests/cases/README.md is true: it has every idiom, and the cases that it names show them.

UPDATE_CASES=1 writes the table anew.
"""

from __future__ import annotations

import collections
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from case_files import CASES, UPDATE, all_cases, looked_at

from asyncore_codemods.idioms import IDIOMS
from asyncore_codemods.options import Options

if TYPE_CHECKING:
    from asyncore_codemods.model.inventory import ClassModel, Inventory

README = CASES / "README.md"
PROGRAMS = CASES.parent / "programs"
PLAIN = ("streams", "datagram", "smtp")
MOST = 2  # that a cell names
NONE = "never"


@dataclass
class Shown:
    """Where an idiom is seen: in classes that are rewritten, and in classes that stay."""

    plain: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)


def seen() -> dict[str, Shown]:
    found: dict[str, Shown] = collections.defaultdict(Shown)
    roots = [(case.before, case.options) for case in all_cases()]
    roots += [(path, Options()) for path in sorted(PROGRAMS.glob("*/before"))]
    for root, options in roots:
        inventory = looked_at(root, options).inventory
        assert inventory is not None
        for model in inventory.classes:
            becomes_plain = is_plain(model, inventory)
            for idiom in model.idioms:
                shown = found[idiom.name]
                (shown.plain if becomes_plain else shown.kept).add(named(root, Path(model.where.path)))
    return found


def is_plain(model: ClassModel, inventory: Inventory) -> bool:
    """A producer, which derives from nothing, goes with the channels of its file, or of its program."""
    if model.root:
        return model.strategy in PLAIN
    channels = [other for other in inventory.classes if other.root]
    beside = [other for other in channels if other.where.path == model.where.path] or channels
    return all(other.strategy in PLAIN for other in beside)


def named(root: Path, path: Path) -> str:
    """A case whose files are programs of their own is named with the file."""
    return root.parent.name if (root / "main.py").exists() else f"{root.parent.name}/{path.stem}"


def rows(text: str) -> dict[str, list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first.strip("`"): rest for first, *rest in cells if first.strip("`") in IDIOMS}


def test_every_idiom_has_a_case_and_a_twin_that_stays() -> None:
    found = seen()
    if UPDATE:
        write(found)
    table = rows(README.read_text("utf-8"))
    assert table.keys() == IDIOMS.keys()
    for name, (summary, plain, kept) in table.items():
        assert summary == IDIOMS[name].summary
        for cell, true in ((plain, found[name].plain), (kept, found[name].kept)):
            claimed = set() if cell == NONE else set(cell.split(", "))
            assert claimed <= true, f"{name}: not shown by {', '.join(sorted(claimed - true))}"
            assert claimed or not true, f"{name}: shown by {', '.join(sorted(true))} (UPDATE_CASES=1 enters that)"
        assert kept != NONE, f"{name} has no twin that stays on the bridge"


def write(found: dict[str, Shown]) -> None:
    """Write the table; what it named stays, as long as that is true."""
    text = README.read_text("utf-8")
    head, old = text.partition("| idiom |")[0], rows(text)
    table = ["| idiom | | becomes asyncio in | stays on the bridge in |", "|---|---|---|---|"]
    for name, idiom in IDIOMS.items():
        before = [cell.split(", ") for cell in old.get(name, ["", NONE, NONE])[1:]]
        cells = [_names(was, true) for was, true in zip(before, (found[name].plain, found[name].kept))]
        table.append(f"| `{name}` | {idiom.summary} | {' | '.join(cells)} |")
    README.write_text(head + "\n".join(table) + "\n", "utf-8")


def _names(was: list[str], true: set[str]) -> str:
    return ", ".join([case for case in was if case in true] or sorted(true)[:MOST]) or NONE
