"""Expressions that ask whether asyncore's map is empty, as loops look at it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.index import Module, Project


def asks_for_map(project: Project, module: Module, node: ast.expr) -> bool | None:
    """Tell whether *node* is true while the map holds something (or once it does not); None for neither."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        asked = asks_for_map(project, module, node.operand)
        return None if asked is None else not asked
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and _is_length(project, module, node.left):
        number = node.comparators[0]
        if isinstance(number, ast.Constant) and number.value == 0:
            return {ast.Gt: True, ast.NotEq: True, ast.Eq: False}.get(type(node.ops[0]))
        return None
    return True if _is_map(project, module, node) or _is_length(project, module, node) else None


def _is_length(project: Project, module: Module, node: ast.expr) -> bool:
    is_len = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
    return isinstance(node, ast.Call) and is_len and len(node.args) == 1 and _is_map(project, module, node.args[0])


def _is_map(project: Project, module: Module, node: ast.expr) -> bool:
    is_name = isinstance(node, (ast.Name, ast.Attribute))
    return is_name and project.resolve_node(module, node) == "asyncore.socket_map"
