"""A class of the old API is given what its constructor does not take.

`dispatcher(sock, map)` and `async_chat(sock, map)` take a socket, or nothing, and a map. A dispatcher is no socket:
one given another has its events delivered to nobody, or fails at the first call.

## What to do

Pass the socket that accept() returned.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.codes import Code
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project

CODE = Code.ARGUMENT
_TAKES = {
    legacy.DISPATCHER: ("sock", "map"),
    legacy.DISPATCHER_WITH_SEND: ("sock", "map"),
    legacy.ASYNC_CHAT: ("sock", "map", "conn"),  # conn: Python 2
}


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield such calls, through the class or through its `__init__`."""
    for node in walk(module.source.tree):
        if not isinstance(node, ast.Call):
            continue
        target = project.resolve_node(module, node.func) or ""
        own = 1 if target.endswith(".__init__") else 0
        name = target[: -len(".__init__")] if own else target
        if name not in _TAKES:
            continue
        wrong = [k.arg for k in node.keywords if k.arg is not None and k.arg not in (*_TAKES[name], "self")]
        if wrong:
            yield node, f"gives {name} an argument {wrong[0]}=, which it does not take"
        given = node.args[own : own + 1] + [k.value for k in node.keywords if k.arg in ("sock", "conn")]
        if given and _is_dispatcher(project, module, given[0]):
            yield node, f"gives {name} the dispatcher {ast.unparse(given[0])} for a socket"


def _is_dispatcher(project: Project, module: Module, node: ast.expr) -> bool:
    """Tell whether a name is only ever assigned an object of a legacy class in its module."""
    if not isinstance(node, ast.Name):
        return False
    values = [
        statement.value
        for statement in walk(module.source.tree)
        if isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == node.id for target in statement.targets)
    ]
    parameters = {
        arg.arg
        for function in walk(module.source.tree)
        if isinstance(function, ast.arguments)
        for arg in [*function.posonlyargs, *function.args, *function.kwonlyargs]
    }
    return bool(values) and node.id not in parameters and all(_makes(project, module, value) for value in values)


def _makes(project: Project, module: Module, value: ast.expr) -> bool:
    if not isinstance(value, ast.Call):
        return False
    means = project.resolve_node(module, value.func) or ""
    entry = project.class_at(means, module)
    return means in legacy.CLASSES or (entry is not None and bool(entry.root))
