"""One class for both ends of a connection, whose constructor connects only if it is told where to.

`def __init__(self, sock=None, address=None)`: with `if address is not None:` around the calls that connect, or
`if sock is None:`, an object either has a socket or an address.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.constructions import argument_of, constructions
from asyncore_codemods.analyse.families.either_call import asked_name, missed_name
from asyncore_codemods.analyse.values.syntax import defaults_of
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.spans import Place


@dataclass(frozen=True)
class Choice:
    """The parameter that decides: with an address, or without a socket, the constructor connects."""

    name: str
    is_socket: bool


def read_choice(hierarchy: Hierarchy) -> Choice | None:
    """Return what the one constructor of *hierarchy* asks for before it connects, None if it asks for nothing."""
    constructors = hierarchy.methods.get("__init__", [])
    uses = [use for _, use in hierarchy.uses("create_socket", "connect")]
    if len(constructors) != 1 or not uses or any(use.method != "__init__" for use in uses):
        return None
    definition = constructors[0]
    for statement in definition.function.body:
        if isinstance(statement, ast.If):
            sides = [[definition.place(one).span for one in body] for body in (statement.body, statement.orelse)]
            inside = [all(any(span.contains(use.span) for span in side) for use in uses) for side in sides]
            without = missed_name(statement.test) if inside[0] else asked_name(statement.test) if inside[1] else ""
            name = asked_name(statement.test) if inside[0] and not statement.orelse else ""
            if _is_left_out(definition, without or name):
                return Choice(without or name, bool(without))
    return None


def _is_left_out(definition: Definition, name: str) -> bool:
    """Tell whether a parameter need not be given, and is then None all the time."""
    default = defaults_of(definition.function.args).get(name)
    stored = any(
        isinstance(node, ast.Name) and node.id == name and is_stored(node) for node in walk(definition.function)
    )
    return default is not None and ast.unparse(default) == "None" and not stored


def is_to_connect(hierarchy: Hierarchy, entry: ClassEntry, choice: Choice, place: Place) -> bool | None:
    """Tell whether what the call of a class at *place* makes is to connect, None if that cannot be told."""
    function = hierarchy.methods["__init__"][0].function
    for made in constructions(hierarchy.project).calls.get(entry.qualname, ()):
        if str(made.module.path) == place.path and made.module.source.span(made.call) == place.span:
            given = argument_of(made, function, choice.name)
            return None if given is None else (ast.unparse(given) == "None") == choice.is_socket
    return None
