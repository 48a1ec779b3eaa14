"""Channels whose handle_read() notes something, the time for instance, before asynchat's own reads.

What is noted must be the same however often it is noted, since rewritten code does so with each piece of a frame.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import base_calls
from asyncore_codemods.analyse.values.syntax import self_attribute, significant

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.spans import Place

_CLOCKS = frozenset(
    {"time.time", "time.monotonic", "time.perf_counter", "datetime.datetime.now", "datetime.datetime.utcnow"}
)


def read_note(hierarchy: Hierarchy) -> Place | None:
    """Return where handle_read() calls the base class's, if all it does before is to note something."""
    definitions = hierarchy.methods.get("handle_read", [])
    calls = list(base_calls(hierarchy, "handle_read"))
    if len(definitions) != 1 or len(calls) != 1:
        return None
    definition = definitions[0]
    body, (_, use) = significant(definition.function.body), calls[0]
    if definition.entry is not hierarchy.top or isinstance(definition.function, ast.AsyncFunctionDef):
        return None
    if definition.function.decorator_list or len(definition.function.args.args) != 1:
        return None
    if len(body) < 2 or not use.alone:
        return None
    last = definition.place(body[-1])
    noted = all(says_the_time(hierarchy, definition, statement) for statement in body[:-1])
    return last if noted and last.span == use.statement else None


def says_the_time(hierarchy: Hierarchy, definition: Definition, statement: ast.stmt) -> bool:
    """Tell whether *statement* gives an attribute a constant, or what a clock says."""
    if not isinstance(statement, ast.Assign):
        return False
    own = definition.self_name
    if not all(isinstance(t, ast.Attribute) and self_attribute(t, own) for t in statement.targets):
        return False
    if isinstance(statement.value, ast.Constant):
        return True
    return is_clock(hierarchy, definition, statement.value)


def is_clock(hierarchy: Hierarchy, definition: Definition, node: ast.AST) -> bool:
    """Tell whether *node* is what a clock says."""
    if not isinstance(node, ast.Call) or node.keywords or node.args:
        return False
    return hierarchy.project.resolve_node(definition.module, node.func) in _CLOCKS
