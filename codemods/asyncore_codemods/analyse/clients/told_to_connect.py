"""Clients that are told to connect by whoever makes them: `client = Client(); client.connect((host, port))`.

They may be told to make their sockets first, by `client.create_socket()`, if their class does not.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.constructions import calls_of_classes
from asyncore_codemods.analyse.values.syntax import following, parent_map
from asyncore_codemods.index.modules import assigned_by
from asyncore_codemods.nodes import is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index import Module

_TARGETS = (ast.Name, ast.Attribute)


@dataclass(frozen=True)
class Told:
    """One client that is told to connect, in the block that makes it."""

    made: Place  # the call of its class
    client: str  # what it is called there
    statement: Place  # that tells it to connect
    address: str
    socket: Place | None = None  # the statement that tells it to make its socket, if one does
    arguments: tuple[tuple[str | None, str], ...] = ()  # of that: keywords, or None, and values

    def covers(self, use: OutsideUse) -> bool:
        """Tell whether that is what *use* does."""
        return any(place is not None and place.contains(use.place) for place in (self.statement, self.socket))


def makes_socket_when_told(hierarchy: Hierarchy) -> bool:
    """Tell whether a class leaves it to whoever makes its objects to have them make their sockets, and connect."""
    return any(told.socket is not None for told in _all_told(hierarchy))


def read_told(hierarchy: Hierarchy, outside: list[OutsideUse]) -> list[Told] | None:
    """Return how clients of *hierarchy* are told to connect; None if one of the statements is not understood.

    Each has to follow the statement that makes the client, in the same block, and no client is told twice.
    """
    found = list(_all_told(hierarchy))
    for use in outside:
        if use.name != "connect" or not use.may_be(hierarchy.names):
            continue
        module = hierarchy.project.module_at(use.place.path)
        if use.receivers is None and use.call is not None and not _names_own(module, hierarchy):
            continue  # something else, as a database: clients have known makers
        if not any(told.covers(use) for told in found):
            return None
    return found


def _names_own(module: Module, hierarchy: Hierarchy) -> bool:
    """Tell whether a module with an unknown receiver of connect() knows the classes of *hierarchy* at all."""
    return any(member.module is module or member.name in module.bindings for member in hierarchy.members)


def _all_told(hierarchy: Hierarchy) -> Iterator[Told]:
    calls = hierarchy.project.once(calls_of_classes)
    for member in hierarchy.members:
        for module, call in calls.get(member, ()):
            told = _read(module, call)
            if told is not None:
                yield told


def _read(module: Module, made: ast.Call) -> Told | None:
    """Return how the client that *made* makes is told to connect, while it is called what it is assigned to."""
    parents, source, path = parent_map(module.source.tree), module.source, str(module.path)
    assigned, client = _kept_as(made, parents)
    socket: tuple[Place, ast.Call] | None = None
    for statement in following(parents[assigned], assigned) if assigned is not None else ():
        call = statement.value if isinstance(statement, ast.Expr) else None
        step = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
        place = Place(path, source.span(statement))
        if isinstance(call, ast.Call) and step == f"{client}.create_socket" and socket is None:
            socket = place, call
        elif isinstance(call, ast.Call) and step == f"{client}.connect":
            if len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
                return None
            told = Told(Place(path, source.span(made)), client, place, source.segment(call.args[0]))
            return replace(told, socket=socket[0], arguments=_arguments(module, socket[1])) if socket else told
        elif any(is_stored(node) and ast.unparse(node) == client for node in walk(statement, _TARGETS)):
            return None
    return None


def _kept_as(made: ast.Call, parents: dict[ast.AST, ast.AST]) -> tuple[ast.Assign | None, str]:
    """Return the statement that assigns what *made* makes, and to what: `client = Client()`, or one of several."""
    assigned = parents[made]
    assigned = parents[assigned] if isinstance(assigned, ast.Tuple) else assigned
    if isinstance(assigned, ast.Assign):
        targets = [target for target, value in assigned_by(assigned) if value is made]
        if len(targets) == 1 and isinstance(targets[0], _TARGETS):
            return assigned, ast.unparse(targets[0])
    return None, ""


def _arguments(module: Module, call: ast.Call) -> tuple[tuple[str | None, str], ...]:
    given = [(None, value) for value in call.args] + [(keyword.arg, keyword.value) for keyword in call.keywords]
    return tuple((name, module.source.segment(value)) for name, value in given)
