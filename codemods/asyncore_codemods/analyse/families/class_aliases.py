"""The other names that a class goes by: `kind = Session`, `Server(port, Session)`, and default values.

What is called by such a name may make an object of the class. Names are taken for what they are called, whoever has
them: `self.kind`, `kind` and `server.kind` are one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import defaults_of, last_name, parent_map
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project

_CHECKS = ("isinstance", "issubclass", "super", "print", "__init__")


def aliases_of(project: Project, modules: Sequence[Module], names: Collection[str]) -> set[str] | None:
    """Return the names that the classes *names*, by qualified name, are kept by; None if they get out of sight."""
    aliases: set[str] = set()
    assigned: list[ast.Assign] = []
    for module in modules:
        parents = parent_map(module.source.tree)
        for node in walk(module.source.tree):
            if isinstance(node, ast.Assign):
                assigned.append(node)
            if isinstance(node, (ast.Name, ast.Attribute)) and is_one(project, module, node, names):
                found = _kept_as(project, module, node, parents)
                if found is None:
                    return None
                aliases |= found
    while True:
        kept = [node for node in assigned if last_name(_chosen(node.value)) in aliases]
        more = {last_name(target) for node in kept for target in node.targets}
        if more <= aliases:
            break
        aliases |= more
    if "" in aliases or not all(_is_seen(module, aliases) for module in modules):
        return None
    return aliases


def is_one(project: Project, module: Module, node: ast.expr, names: Collection[str]) -> bool:
    """Tell whether an expression names one of the classes *names*."""
    if dotted_name(node) is None or not isinstance(getattr(node, "ctx", None), ast.Load):
        return False
    entry = project.class_named(module, node)
    return entry is not None and entry.qualname in names


def _chosen(value: ast.expr) -> ast.expr:
    """Return what `kind or Session` is where it is given."""
    return value.values[0] if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or) else value


def _kept_as(project: Project, module: Module, node: ast.expr, parents: dict[ast.AST, ast.AST]) -> set[str] | None:
    """Return the names that a mention of a class gives it, None if it cannot be told where it goes."""
    parent = parents[node]
    if isinstance(parent, (ast.BoolOp, ast.IfExp)):
        node, parent = parent, parents[parent]
    if isinstance(parent, ast.Assign) and parent.value is node:
        return {last_name(target) for target in parent.targets}
    if isinstance(parent, (ast.ClassDef, ast.Attribute, ast.Compare, ast.ExceptHandler)):
        return set()
    if isinstance(parent, ast.keyword):
        return {parent.arg} if parent.arg else None
    if isinstance(parent, ast.arguments):
        return next(({name} for name, default in defaults_of(parent).items() if default is node), None)
    if isinstance(parent, ast.Tuple) and isinstance(parents[parent], ast.Call):
        parent = parents[parent]
    if not isinstance(parent, ast.Call):
        return None
    if parent.func is node or last_name(parent.func) in _CHECKS:
        return set()
    return _parameter(project, module, parent, node)


def _parameter(project: Project, module: Module, call: ast.Call, node: ast.expr) -> set[str] | None:
    """Return the parameter of a class of the project that an argument is for."""
    if node not in call.args or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    entry = project.class_named(module, call.func)
    for one in entry.lineage() if entry is not None else ():
        function = next((n for n in one.node.body if getattr(n, "name", "") == "__init__"), None)
        if isinstance(function, ast.FunctionDef):
            names = [arg.arg for arg in function.args.args][1:]
            position = call.args.index(node)
            return {names[position]} if position < len(names) else None
    return None


def _is_seen(module: Module, aliases: Collection[str]) -> bool:
    """Tell whether what has one of the names is only called, kept, checked or handed to a base class."""
    parents = parent_map(module.source.tree)
    for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
        if isinstance(node.ctx, ast.Load):
            parent = parents[node]
            passed = isinstance(parent, ast.Call) and parent.func is not node
            if last_name(node) in aliases and passed and last_name(getattr(parent, "func", node)) not in _CHECKS:
                return False
    return True
