"""Clients that are told to connect by whoever makes them: `client = Client(); client.connect((host, port))`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index import Module


@dataclass(frozen=True)
class Told:
    """One statement that calls connect() on a client."""

    use: OutsideUse
    statement: Place
    client: str  # its name there
    address: str


def read_told(hierarchy: Hierarchy, outside: list[OutsideUse]) -> list[Told] | None:
    """Return the statements that tell clients of *hierarchy* to connect; None if one of them is not understood.

    Each has to follow the statement that makes the client, in the same block, and no client is told twice.
    """
    found = []
    for use in outside:
        if use.name != "connect" or not use.may_be(hierarchy.names):
            continue
        module = hierarchy.project.module_at(use.place.path)
        if use.receivers is None and use.call is not None and not _names_own(module, hierarchy):
            continue  # something else, as a database: clients have known makers
        told = _read(module, use, hierarchy)
        if told is None:
            return None
        found.append(told)
    places = {(told.statement.path, told.client, told.use.place.span.line) for told in found}
    return found if len(places) == len(found) else None


def _names_own(module: Module, hierarchy: Hierarchy) -> bool:
    """Tell whether a module with an unknown receiver of connect() knows the classes of *hierarchy* at all."""
    return any(member.module is module or member.name in module.bindings for member in hierarchy.members)


def _read(module: Module, use: OutsideUse, hierarchy: Hierarchy) -> Told | None:
    parents = parent_map(module.source.tree)
    span = module.source.span
    call = next((n for n in walk(module.source.tree, ast.Call) if span(n) == use.call), None)
    statement = parents.get(call) if call is not None else None
    if (
        call is None
        or not isinstance(statement, ast.Expr)
        or not isinstance(call.func, ast.Attribute)
        or not isinstance(call.func.value, ast.Name)
        or len(call.args) != 1
        or call.keywords
        or isinstance(call.args[0], ast.Starred)
    ):
        return None
    name = call.func.value.id
    block = next((b for b in _blocks(parents[statement]) if statement in b), [])
    before = block[: block.index(statement)] if block else []
    made = [s for s in before if isinstance(s, ast.Assign) and _assigns(s, name)]
    again = [s for s in block if s is not statement and _connects(s, name)]
    if len(made) != 1 or again or not _makes(module, made[0], hierarchy):
        return None
    place = Place(str(module.path), span(statement))
    return Told(use, place, name, module.source.segment(call.args[0]))


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    blocks = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    return [block for block in blocks if isinstance(block, list)]


def _assigns(statement: ast.Assign, name: str) -> bool:
    return (
        len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id == name
    )


def _connects(statement: ast.stmt, name: str) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "connect"
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        for node in walk(statement)
    )


def _makes(module: Module, statement: ast.Assign, hierarchy: Hierarchy) -> bool:
    if not isinstance(statement.value, ast.Call):
        return False
    entry = hierarchy.project.class_named(module, statement.value.func)
    return entry is not None and entry.qualname in hierarchy.names
