"""Classes that do something with each piece of a frame, or that are asked for half a frame.

They hash, count, write to a file, refuse what gets too long, keep what came until the end of the connection. The
pieces of a frame then have to reach collect_incoming_data() as they come, and what is missing of a counted frame is
kept in self.terminator.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Callable

from asyncore_codemods.analyse.families.hierarchies import base_calls
from asyncore_codemods.model.sessions import Delivery, InputIdiom, Reason
from asyncore_codemods.model.uses import Kind

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.model.uses import Use

_HANDLERS = ("collect_incoming_data", "found_terminator")
_TERMINATOR = ("set_terminator", "get_terminator", "terminator")


def read_piecewise(hierarchy: Hierarchy, why: Reason) -> InputIdiom | Reason:
    """Return the idiom of a class that is given its input in pieces; *why* if that would not be the same."""
    collects = hierarchy.methods.get("collect_incoming_data", [])
    founds = hierarchy.run_as("found_terminator")
    for definition, count in [*((d, 2) for d in collects), *((d, 1) for d in founds)]:
        function = definition.function
        takes = len(function.args.posonlyargs) + len(function.args.args)
        if takes != count or function.decorator_list or isinstance(function, ast.AsyncFunctionDef):
            return why
    inherited = any(True for name in _HANDLERS for _ in base_calls(hierarchy, name))
    if not collects or inherited or _sets_terminator_while_collecting(hierarchy):
        return why
    return InputIdiom(Delivery.PIECEWISE)


def set_from_outside(hierarchy: Hierarchy, outside: list[OutsideUse]) -> OutsideUse | None:
    """Return what else in the program may set the terminator, perhaps in the middle of a frame."""
    setting = _methods_of_uses(hierarchy, lambda use: use.name == "set_terminator" or use.kind is Kind.WRITE)
    setters = {"set_terminator"} | {
        name
        for name in hierarchy.methods
        if name != "__init__" and setting & {_key(definition) for definition in hierarchy.reachable(name)}
    }
    for use in outside:
        sets = use.name in setters or (use.name == "terminator" and use.stored)
        if sets and use.may_be(hierarchy.names):
            return use
    return None


def asks_for_the_rest(hierarchy: Hierarchy) -> bool:
    """Tell whether the class looks at its terminator when the connection ends: so much is missing of a count."""
    endings = {_key(definition) for definition in hierarchy.reachable("handle_close", "handle_error", "close")}
    asking = _methods_of_uses(hierarchy, lambda use: use.name != "set_terminator" and use.kind is not Kind.WRITE)
    return bool(asking & endings)


def _sets_terminator_while_collecting(hierarchy: Hierarchy) -> bool:
    """Asynchat counts down whatever terminator is there after collect_incoming_data()."""
    collecting = {_key(definition) for definition in hierarchy.reachable("collect_incoming_data")}
    setting = _methods_of_uses(hierarchy, lambda use: use.name == "set_terminator" or use.kind is Kind.WRITE)
    return bool(setting & collecting)


def _methods_of_uses(hierarchy: Hierarchy, wanted: Callable[[Use], bool]) -> set[tuple[str, str]]:
    """Return the methods, by class and name, that use the terminator in a wanted way."""
    return {(entry.qualname, use.method) for entry, use in hierarchy.uses(*_TERMINATOR) if wanted(use)}


def _key(definition: Definition) -> tuple[str, str]:
    return definition.entry.qualname, definition.function.name
