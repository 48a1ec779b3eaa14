"""Lists of what a loop drives: `servers = [Server(port) for port in ports]`, `servers.append(Server(port))`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.looping.constructions import Constructions


def list_of(made: Constructions, call: ast.Call) -> str:
    """Return the name of a list that keeps what *call* makes: `[Server(p) for p in ports]`, `l.append(...)`."""
    parents = made.around.parents
    holder = parents[call]
    statement = parents[holder]
    name = ""
    if isinstance(holder, (ast.List, ast.ListComp)) and isinstance(statement, ast.Assign):
        target = statement.targets[0]
        name = target.id if isinstance(target, ast.Name) and len(statement.targets) == 1 else ""
    elif (
        isinstance(holder, ast.Call) and isinstance(holder.func, ast.Attribute) and isinstance(statement, ast.Expr)
    ):
        kept = holder.func.value
        name = kept.id if holder.func.attr == "append" and isinstance(kept, ast.Name) else ""
    return name if name and _holds_nothing_else(made, name) else ""


def _holds_nothing_else(made: Constructions, name: str) -> bool:
    """Tell whether the list *name* starts empty or with what the loop drives, and gets nothing else."""
    starts = 0
    for node in walk(made.body, ast.Name):
        if node.id != name:
            continue
        parent = made.around.parents[node]
        if isinstance(node.ctx, ast.Store):
            starts += 1
            value = parent.value if isinstance(parent, ast.Assign) else None
            elements = [value.elt] if isinstance(value, ast.ListComp) else getattr(value, "elts", None)
            if not isinstance(value, (ast.List, ast.ListComp)) or not all(map(made.is_made, elements or [])):
                return False
        elif isinstance(parent, ast.Attribute):
            call = made.around.parents[parent]
            given = call.args if isinstance(call, ast.Call) and parent.attr == "append" else []
            if len(given) != 1 or not made.is_made(given[0]):
                return False
        elif node.lineno <= made.loop.lineno and not _only_looks(made, node):
            return False
    return starts == 1


def _only_looks(made: Constructions, node: ast.Name) -> bool:
    """Tell whether a list is only looked at: iterated over, measured, tested."""
    parent = made.around.parents[node]
    if isinstance(parent, (ast.For, ast.comprehension)):
        return parent.iter is node
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in ("len", "enumerate", "sorted", "bool")
    if isinstance(parent, ast.Subscript):
        return isinstance(parent.ctx, ast.Load)
    is_test = isinstance(parent, (ast.If, ast.While)) and parent.test is node
    return is_test or (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not))
