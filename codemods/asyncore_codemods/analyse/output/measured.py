"""Whether somebody asks how much a session has left to send: to drop a peer that is too slow, or to slow down.

What is written to asyncore's sockets leaves a buffer as the peer takes it. asyncio's transports take everything, so
that a buffer of the author's is always empty.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import self_attribute
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

_ASKED = ("handle_write", "readable", "writable")  # by run(), which knows


def is_measured(hierarchy: Hierarchy, outside: list[OutsideUse], names: set[str]) -> bool:
    """Tell whether a method, or somebody else, asks for the length of what one of the attributes *names* holds."""
    asked = [*_ASKED, *(["handle_read"] if hierarchy.overrides("readable") else [])]  # which may say no then
    for definition in hierarchy.definitions():
        if definition.function.name not in asked:
            measured = _measured(definition.function)
            if any(self_attribute(node, definition.self_name) in names for node in measured):
                return True
    used = [use.place for use in outside if use.name in names and use.may_be(hierarchy.names)]
    return any(
        Place(place.path, module.source.span(node)) == place
        for place in used
        for module in [hierarchy.project.module_at(place.path)]
        for node in _measured(module.source.tree)
    )


def _measured(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what len() is asked of."""
    for node in walk(tree, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "len":
            yield from node.args[:1]
