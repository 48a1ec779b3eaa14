"""Line by line with split(): `lines = self.rest.split(sep)`, `self.rest = lines.pop()`, and the lines are handled.

What such statements left in the attribute has no separator in it, so that they find nothing but that again,
whatever has been handled.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.output.writing import is_empty
from asyncore_codemods.analyse.values.syntax import self_attribute
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse


def lines_before_rest(
    hierarchy: Hierarchy, definition: Definition, node: ast.Assign, outside: list[OutsideUse]
) -> tuple[str, int] | None:
    """Return the variable of the lines with the rest that *node* keeps, None if that is not what it does.

    The number is how much is in it where there was no whole line: 1, if it has the rest itself still.
    """
    left = 0
    target, value = node.targets[0], node.value
    if isinstance(target, (ast.Tuple, ast.List)):  # *lines, self.rest = self.rest.split(sep)
        if len(target.elts) != 2 or not isinstance(target.elts[0], ast.Starred):
            return None
        lines, kept, split = target.elts[0].value, target.elts[1], value
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "pop":
        lines, kept = value.func.value, target
        made = _assigned_once(definition, lines) if not value.args else None
        if made is None:
            return None
        split = made
    elif isinstance(value, ast.Subscript) and ast.unparse(value.slice) == "-1":
        lines, kept, left = value.value, target, 1
        made = _assigned_once(definition, lines)
        if made is None:
            return None
        split = made
    else:
        return None
    attribute = self_attribute(kept, definition.self_name)
    if attribute is None or not isinstance(lines, ast.Name) or not _splits(split, definition.self_name, attribute):
        return None
    return (lines.id, left) if _is_only_rest(hierarchy, definition, attribute, node, outside) else None


def _assigned_once(definition: Definition, name: ast.expr) -> ast.expr | None:
    values = [
        node.value
        for node in walk(definition.function, ast.Assign)
        if any(ast.unparse(target) == ast.unparse(name) for target in node.targets)
    ]
    return values[0] if len(values) == 1 else None


def _splits(node: ast.expr, own: str, attribute: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "split"
        and self_attribute(node.func.value, own) == attribute
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Constant)
        and not node.keywords
    )


def _is_only_rest(
    hierarchy: Hierarchy, definition: Definition, attribute: str, rest: ast.Assign, outside: list[OutsideUse]
) -> bool:
    """Tell whether an attribute is empty at first, and only added to and given the rest, and only here."""
    if any(use.name == attribute and use.may_be(hierarchy.names) for use in outside):
        return False
    for other in hierarchy.definitions():
        for node in walk(other.function):
            stored = [
                inner
                for inner in (walk(node) if isinstance(node, (ast.Assign, ast.AugAssign, ast.Delete)) else ())
                if self_attribute(inner, other.self_name) == attribute
                and isinstance(inner, ast.Attribute)
                and is_stored(inner)
            ]
            if not stored or node is rest:
                continue
            begins = other.function.name == "__init__" and isinstance(node, ast.Assign) and is_empty(node.value)
            adds = other == definition and isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add)
            if not begins and not adds:
                return False
    return True
