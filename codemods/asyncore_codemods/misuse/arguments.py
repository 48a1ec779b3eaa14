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
from asyncore_codemods.analyse.values.syntax import self_name
from asyncore_codemods.codes import Code
from asyncore_codemods.misuse.objects import is_object
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.index.project import ClassEntry

CODE = Code.ARGUMENT
_TAKES = {
    legacy.DISPATCHER: ("sock", "map"),
    legacy.DISPATCHER_WITH_SEND: ("sock", "map"),
    legacy.ASYNC_CHAT: ("sock", "map", "conn"),  # conn: Python 2
}
_FAR = 20  # constructors that call constructors


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield such calls, through the class or through its `__init__`."""
    for node in walk(module.source.tree, ast.Call):
        target = project.resolve_node(module, node.func) or ""
        own = 1 if target.endswith(".__init__") else 0
        name = target[: -len(".__init__")] if own else target
        if name in _TAKES:
            yield from _unknown(node, name)
        given = _socket_given(project, module, node, name, own)
        if given is not None and is_object(project, module, given):
            yield node, f"gives {name.rpartition('.')[2]}() the dispatcher {ast.unparse(given)} for a socket"


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield what a class gives its base by way of super(), and where it passes itself for a socket."""
    for function in view.methods.values():
        own = self_name(function)
        for node in walk(function, ast.Call):
            if _is_super_init(node) and not view.entry.parents and view.root in _TAKES:
                yield from _unknown(node, view.root)
            name = view.resolve(node.func)
            given = _socket_given(view.project, view.module, node, name, 0)
            if isinstance(given, ast.Name) and own and given.id == own:
                yield node, f"gives {name.rpartition('.')[2]}() the dispatcher {own} for a socket"


def _unknown(node: ast.Call, name: str) -> Iterator[tuple[ast.AST, str]]:
    wrong = [k.arg for k in node.keywords if k.arg is not None and k.arg not in (*_TAKES[name], "self")]
    if wrong:
        yield node, f"gives {name} an argument {wrong[0]}=, which it does not take"


def _is_super_init(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "__init__"
        and isinstance(node.func.value, ast.Call)
        and isinstance(node.func.value.func, ast.Name)
        and node.func.value.func.id == "super"
    )


def _socket_given(project: Project, module: Module, node: ast.Call, name: str, own: int) -> ast.expr | None:
    """Return the argument of a call of the class *name* that becomes the channel's socket."""
    entry = project.class_at(name, module)
    if name not in _TAKES and (entry is None or entry.root not in _TAKES):
        return None
    place = (0, "sock") if entry is None else _socket_place(project, entry, 0)
    if place is None or any(isinstance(a, ast.Starred) for a in node.args):
        return None
    position, keyword = place
    given = node.args[own + position : own + position + 1]
    given += [k.value for k in node.keywords if k.arg == keyword or (entry is None and k.arg == "conn")]
    return given[0] if given else None


def _socket_place(project: Project, entry: ClassEntry, depth: int) -> tuple[int, str] | None:
    """Return the position and the name of the constructor's parameter that becomes the socket, None if unsure."""
    if depth > _FAR:
        return None
    for one in entry.lineage():
        for statement in one.node.body:
            if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
                return _handed_on(project, one, statement, depth)
    return 0, "sock"


def _handed_on(project: Project, entry: ClassEntry, init: FunctionNode, depth: int) -> tuple[int, str] | None:
    """Return the parameter of *init* that it hands to the base class's constructor for a socket."""
    names = [arg.arg for arg in [*init.args.posonlyargs, *init.args.args]]
    for node in walk(init, ast.Call):
        target = project.resolve_node(entry.module, node.func) or ""
        base: tuple[int, str] | None = None
        own = 1
        if target.endswith(".__init__"):
            name = target[: -len(".__init__")]
            parent = project.class_at(name, entry.module)
            base = (0, "sock") if name in _TAKES else _socket_place(project, parent, depth + 1) if parent else None
        elif _is_super_init(node):
            own = 0
            base = _socket_place(project, entry.parents[0], depth + 1) if entry.parents else (0, "sock")
        if base is None:
            continue
        given = node.args[own + base[0] : own + base[0] + 1]
        given += [k.value for k in node.keywords if k.arg in (base[1], "sock", "conn")]
        name = given[0].id if given and isinstance(given[0], ast.Name) else ""
        if name in names[1:] and not _is_bound(init, name):
            return names.index(name) - 1, name
    return None


def _is_bound(function: FunctionNode, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for node in walk(function)
    )
