"""Whether a list of pieces is only ever put together, so that nobody sees how many there were."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import constant_of, parent_map
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asyncore_codemods.index.modules import FunctionNode


def joins(function: FunctionNode, node: ast.AST) -> bool:
    """Tell whether *node*, which is the list in *function*, is joined there, emptied, or asked whether it is empty.

    It may get a local name for that.
    """
    parents = parent_map(function)
    if _is_blind(node, parents):
        return True
    name = _local_name(node, parents)
    uses = [n for n in walk(function, ast.Name) if n.id == name and isinstance(n.ctx, ast.Load)]
    return bool(uses) and all(_is_blind(use, parents) for use in uses)


def _is_blind(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    if not isinstance(getattr(node, "ctx", None), ast.Load):
        return True
    parent = parents[node]
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr == "join":
        known, between = constant_of(parent.func.value)
        return known and between in (b"", "")
    if isinstance(parent, ast.Attribute):
        return parent.attr == "clear"
    if isinstance(parent, ast.Subscript):
        whole = isinstance(parent.slice, ast.Slice) and parent.slice.lower is None and parent.slice.upper is None
        return whole and is_stored(parent)
    if isinstance(parent, (ast.If, ast.While, ast.IfExp)):
        return parent.test is node
    return isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)


def _local_name(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> str:
    """Return the local name that the list gets here: `parts = self.parts`, or together with others."""
    parent = parents[node]
    if isinstance(parent, ast.Assign) and parent.value is node and len(parent.targets) == 1:
        return getattr(parent.targets[0], "id", "")
    holder = parents.get(parent)
    if isinstance(parent, ast.Tuple) and isinstance(holder, ast.Assign) and holder.value is parent:
        target = holder.targets[0]
        if len(holder.targets) == 1 and isinstance(target, ast.Tuple) and len(target.elts) == len(parent.elts):
            return getattr(target.elts[[element is node for element in parent.elts].index(True)], "id", "")
    return ""
