"""Classes that do something with each piece of a frame, or that are asked for half a frame.

They hash, count, write to a file, refuse what gets too long, keep what came until the end of the connection. The
pieces of a frame then have to reach collect_incoming_data() as they come, and what is missing of a counted frame is
kept in self.terminator.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.hierarchies import base_calls
from asyncore_codemods.model.sessions import Delivery, InputIdiom, Reason
from asyncore_codemods.model.uses import Kind

if TYPE_CHECKING:
    from asyncore_codemods.analyse.hierarchies import Hierarchy

_HANDLERS = ("collect_incoming_data", "found_terminator")
_TERMINATOR = ("set_terminator", "get_terminator", "terminator")


def read_piecewise(hierarchy: Hierarchy, why: Reason) -> InputIdiom | Reason:
    """Return the idiom of a class that is given its input in pieces; *why* if that would not be the same."""
    collects = hierarchy.methods.get("collect_incoming_data", [])
    founds = hierarchy.methods.get("found_terminator", [])
    for definition, count in [*((d, 2) for d in collects), *((d, 1) for d in founds)]:
        function = definition.function
        takes = len(function.args.posonlyargs) + len(function.args.args)
        if takes != count or function.decorator_list or isinstance(function, ast.AsyncFunctionDef):
            return why
    inherited = any(True for name in _HANDLERS for _ in base_calls(hierarchy, name))
    if not collects or inherited or _sets_terminator_while_collecting(hierarchy):
        return why
    return InputIdiom(Delivery.PIECEWISE)


def asks_for_the_rest(hierarchy: Hierarchy) -> bool:
    """Tell whether the class looks at its terminator when the connection ends: so much is missing of a count."""
    endings = {
        (definition.entry.qualname, definition.function.name)
        for definition in hierarchy.reachable("handle_close", "handle_error", "close")
    }
    return any(
        use.kind is not Kind.WRITE and (entry.qualname, use.method) in endings
        for entry, use in hierarchy.uses("get_terminator", "terminator")
    )


def _sets_terminator_while_collecting(hierarchy: Hierarchy) -> bool:
    """Asynchat counts down whatever terminator is there after collect_incoming_data()."""
    collecting = {
        (definition.entry.qualname, definition.function.name)
        for definition in hierarchy.reachable("collect_incoming_data")
    }
    return any(
        (use.name == "set_terminator" or use.kind is Kind.WRITE) and (entry.qualname, use.method) in collecting
        for entry, use in hierarchy.uses(*_TERMINATOR)
    )
