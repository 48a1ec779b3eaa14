"""Walk syntax trees that are walked again and again.

Dozens of questions are asked of the same functions, so the nodes of each are listed once and kept with it. The
trees of a project never change, which is what makes that right.
"""

from __future__ import annotations

import ast
from typing import Union

_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


def walk(node: ast.AST) -> tuple[ast.AST, ...]:
    """Return *node* and every node below it, in the order of `ast.walk()`, but for load, store and del contexts."""
    kept: tuple[ast.AST, ...] | None = getattr(node, "_walked", None)
    if kept is None:
        kept = _listed(node)
        node._walked = kept  # type: ignore[attr-defined]  # nodes have room for attributes of anybody's
    return kept


def with_body(function: _Function, body: list[ast.stmt]) -> _Function:
    """Return *function* with another body, at the same place, and without what was kept with it."""
    fields = {**dict(ast.iter_fields(function)), "body": body}
    return ast.copy_location(type(function)(**fields), function)


def _listed(root: ast.AST) -> tuple[ast.AST, ...]:
    found = [root]
    for node in found:  # which grows meanwhile
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and name != "ctx":
                found.append(value)
    return tuple(found)
