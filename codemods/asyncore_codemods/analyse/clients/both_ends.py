"""One class for both ends of a connection, whose constructor connects only if it is told where to.

`def __init__(self, sock=None, address=None)`: with `if address is not None:` around the calls that connect, an
object either has a socket or an address.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.constructions import argument_of, constructions
from asyncore_codemods.analyse.families.either_call import asked_name
from asyncore_codemods.analyse.values.syntax import defaults_of
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.spans import Place


def address_parameter(hierarchy: Hierarchy) -> str:
    """Return the parameter without which the one constructor does not connect, "" if there is no such thing."""
    constructors = hierarchy.methods.get("__init__", [])
    uses = [use for _, use in hierarchy.uses("create_socket", "connect")]
    if len(constructors) != 1 or not uses or any(use.method != "__init__" for use in uses):
        return ""
    definition = constructors[0]
    for statement in definition.function.body:
        if isinstance(statement, ast.If) and not statement.orelse:
            name, whole = asked_name(statement.test), definition.place(statement).span
            if all(whole.contains(use.span) for use in uses) and _is_left_out(definition, name):
                return name
    return ""


def _is_left_out(definition: Definition, name: str) -> bool:
    """Tell whether a parameter need not be given, and is then None all the time."""
    default = defaults_of(definition.function.args).get(name)
    stored = any(
        isinstance(node, ast.Name) and node.id == name and is_stored(node) for node in walk(definition.function)
    )
    return default is not None and ast.unparse(default) == "None" and not stored


def is_told_where(hierarchy: Hierarchy, entry: ClassEntry, parameter: str, place: Place) -> bool | None:
    """Tell whether the call of a class at *place* gives it an address, None if that cannot be told."""
    function = hierarchy.methods["__init__"][0].function
    for made in constructions(hierarchy.project).calls.get(entry.qualname, ()):
        if str(made.module.path) == place.path and made.module.source.span(made.call) == place.span:
            given = argument_of(made, function, parameter)
            return None if given is None else ast.unparse(given) != "None"
    return None
