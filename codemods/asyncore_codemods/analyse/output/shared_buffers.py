"""Buffers that dispatchers share: which there are, who holds them, and who sends what is in there."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import Definition
from asyncore_codemods.analyse.output.sending import read_sending
from asyncore_codemods.analyse.values.syntax import self_attribute
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy


@dataclass
class SharedBuffer:
    """A buffer that one hierarchy holds and one empties, or buffers of one name, each emptied by who holds it."""

    name: str
    holder: Hierarchy
    writer: Hierarchy
    holders: list[Hierarchy]
    link: str = ""  # the writer's attribute with the holder, "" if that is the writer itself
    back: str = ""  # and the holder's attribute with the writer
    strangers: list[Hierarchy] = field(default_factory=list)  # with another buffer of that name
    is_queue: bool = False  # of pieces, each of which is appended

    @property
    def writers(self) -> list[Hierarchy]:
        """Who empties it, or one of that name."""
        return [self.writer] if self.link else self.holders


def shared_buffer(hierarchy: Hierarchy, others: Sequence[Hierarchy]) -> SharedBuffer | None:
    """Return the buffer that the one handle_write() of *hierarchy* empties, if others may have to do with it."""
    writes = hierarchy.methods.get("handle_write", [])
    if len(writes) != 1 or hierarchy.overrides("send"):
        return None
    sending = read_sending(writes[0])
    if sending is None or sending.encoding is not None or sending.kind == "box":
        return _partners_buffer(hierarchy, writes[0], others)
    name, holders = sending.attribute, _holders(sending.attribute, others)
    writers = [holder for holder in holders if _empties_its_own(holder, name, sending.kind)]
    if writers[:1] != [hierarchy]:
        return None  # the first of them speaks for all
    strangers = [holder for holder in holders if holder not in writers]
    return SharedBuffer(name, hierarchy, hierarchy, writers, strangers=strangers, is_queue=sending.kind == "queue")


def _empties_its_own(hierarchy: Hierarchy, name: str, kind: str) -> bool:
    sendings = [read_sending(definition) for definition in hierarchy.methods.get("handle_write", ())]
    return len(sendings) == 1 and all(
        sending is not None and sending.kind == kind and sending.encoding is None and sending.attribute == name
        for sending in sendings
    )


def _partners_buffer(hierarchy: Hierarchy, write: Definition, others: Sequence[Hierarchy]) -> SharedBuffer | None:
    own = write.self_name
    links = {
        (link, node.attr)
        for node in walk(write.function, ast.Attribute)
        if is_stored(node)
        for link in [self_attribute(node.value, own)]
        if link
    }
    if len(links) != 1:
        return None
    link, name = links.pop()
    text = ast.unparse(write.function).replace(f"{own}.{link}.{name}", f"{own}.{name}")
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    sending = read_sending(Definition(write.entry, function))
    holders = _holders(name, others)
    if sending is None or sending.kind != "buffer" or sending.encoding is not None:
        return None
    if len(holders) != 1 or holders == [hierarchy]:
        return None
    back = _way_back(hierarchy, link)
    return SharedBuffer(name, holders[0], hierarchy, holders, link, back) if back else None


def _holders(name: str, hierarchies: Sequence[Hierarchy]) -> list[Hierarchy]:
    return [
        hierarchy
        for hierarchy in hierarchies
        if any(
            isinstance(node, ast.Attribute)
            and is_stored(node)
            and self_attribute(node, definition.self_name) == name
            for definition in hierarchy.definitions()
            for node in walk(definition.function)
        )
    ]


def _way_back(hierarchy: Hierarchy, link: str) -> str:
    """Return x for `self.link = partner; partner.x = self` in the constructor."""
    for definition in hierarchy.methods.get("__init__", ()):
        own, names = definition.self_name, {f"{definition.self_name}.{link}"}
        for statement in definition.function.body:
            if isinstance(statement, ast.Assign) and self_attribute(statement.targets[0], own) == link:
                names.add(ast.unparse(statement.value))
        for statement in definition.function.body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            if (
                isinstance(target, ast.Attribute)
                and isinstance(statement, ast.Assign)
                and ast.unparse(statement.value) == own
                and ast.unparse(target.value) in names
            ):
                return target.attr
    return ""
