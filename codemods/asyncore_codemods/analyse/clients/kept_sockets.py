"""Sockets that a session keeps in an attribute of its own, and only asks what a transport can answer as well."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.syntax import parent_map, self_attribute
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index import Module

OPTIONS = ("setsockopt", "getsockopt", "fileno")  # what can be done with the socket of any transport
_LAST = ("handle_close", "handle_error", "close")  # what may run when the connection has ended
_ASKED = (*OPTIONS, "getpeername", "getsockname")


def kept_attribute(
    hierarchy: Hierarchy, definition: Definition, value: ast.Name, parents: Mapping[ast.AST, ast.AST]
) -> str:
    """Return the attribute that `self.conn = sock` keeps a socket in, "" if it may be used for more than questions.

    That is "socket" where it is the inherited one, which holds the same already.
    """
    target = _target_of(value, parents)
    name = (self_attribute(target, definition.self_name) or "") if target is not None else ""
    if name == "socket":
        return name if isinstance(parents[value], ast.Assign) else ""
    if not name or target is None or name in legacy.inherited_names(hierarchy.root):
        return ""
    modules = hierarchy.project.modules.values()
    asked = all(_only_asks(hierarchy, module, name, target) for module in modules if name in module.source.text)
    return name if asked else ""


def is_private(name: str) -> bool:
    """Tell whether an attribute is called what only its class can call it by that name."""
    return name.startswith("__") and not name.endswith("__")


def is_asked(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether something reads an attribute *name* of a session of *hierarchy*."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Load)
        for definition in hierarchy.definitions()
        for node in walk(definition.function)
    )


def _target_of(value: ast.Name, parents: Mapping[ast.AST, ast.AST]) -> ast.expr | None:
    """Return what *value* is assigned to, alone or as one of several: `self.conn, self.addr = sock, addr`."""
    values = parents[value]
    statement = parents[values] if isinstance(values, ast.Tuple) else values
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    if not isinstance(values, ast.Tuple):
        return target
    if not isinstance(target, ast.Tuple) or len(target.elts) != len(values.elts):
        return None
    return target.elts[values.elts.index(value)]


def asks_at_the_end(hierarchy: Hierarchy, function: ast.AST | None) -> bool:
    """Tell whether a method may run when the connection has ended: asyncio has closed its socket by then."""
    return any(definition.function is function for definition in hierarchy.reachable(*_LAST))


def _only_asks(hierarchy: Hierarchy, module: Module, name: str, kept: ast.expr) -> bool:
    """Tell whether nothing in *module* does more with an attribute *name* than what transports can answer.

    Only the sessions themselves may ask, and only while they are connected.
    """
    parents = parent_map(module.source.tree)
    own = {id(d.function): d for d in hierarchy.definitions() if d.module is module}
    for node in walk(module.source.tree):
        written = node.value if isinstance(node, ast.Constant) else getattr(node, "attr", "")
        if written == name and isinstance(node, ast.Constant):
            return False  # getattr(session, "conn")
        if is_private(name) and written != name and str(written).endswith(name):
            return False  # session._Session__conn
        if not isinstance(node, ast.Attribute) or node.attr != name or node is kept:
            continue
        method = _method_around(node, parents)
        if _is_own(node, method) and id(method) not in own:
            continue  # of another class
        if not _is_own(node, method) or asks_at_the_end(hierarchy, method):
            return False
        asked, call = parents[node], parents.get(parents[node])
        is_call = isinstance(call, ast.Call) and call.func is asked
        if not (isinstance(asked, ast.Attribute) and asked.attr in _ASKED and is_call):
            return False
    return True


def _method_around(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.FunctionDef | None:
    function = parents.get(node)
    while function is not None and not isinstance(parents.get(function), ast.ClassDef):
        function = parents.get(function)
    return function if isinstance(function, ast.FunctionDef) else None


def _is_own(node: ast.Attribute, method: ast.FunctionDef | None) -> bool:
    """Tell whether it is an attribute of the self of a method."""
    parameters = method.args.args if method is not None else []
    return bool(parameters) and isinstance(node.value, ast.Name) and node.value.id == parameters[0].arg
