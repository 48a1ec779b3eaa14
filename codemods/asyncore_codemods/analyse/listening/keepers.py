"""Objects that make the sessions for a listener, which gives them the socket: `self.room.welcome(sock)`.

Their method is one of the program's own, and it must be known whose: then it changes with the listener, which must
be alone in calling it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import Definition
from asyncore_codemods.analyse.families.receivers import Receivers
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry


def keeper_called(project: Project, caller: Definition, func: ast.expr) -> Definition | None:
    """Return the method of another object that *func* is, called in the method *caller*; None if that is unsure."""
    if not isinstance(func, ast.Attribute) or func.attr.startswith("__"):
        return None
    classes = Receivers(project, caller.module, func).of(func) or frozenset()
    entry = project.classes.get(next(iter(classes))) if len(classes) == 1 else None
    if entry is None or entry.root or entry.is_local or not entry.module.editable:
        return None
    defined = [one for one in methods_of(entry.node) if one.name == func.attr]
    again = [one for other in entry.descendants() for one in methods_of(other.node) if one.name == func.attr]
    if len(defined) != 1 or again:
        return None
    is_alone = all(
        _is_another(project, module, node, entry, func) for module, node in _mentions(project, func.attr)
    )
    return Definition(entry, defined[0]) if is_alone else None


def _mentions(project: Project, name: str) -> list[tuple[Module, ast.AST]]:
    """Return every attribute of that name, and every text that may stand for it."""
    return [
        (module, node)
        for module in project.modules.values()
        if name in module.source.text
        for node in walk(module.source.tree)
        if (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Constant) and node.value == name)
    ]


def _is_another(project: Project, module: Module, node: ast.AST, entry: ClassEntry, known: ast.Attribute) -> bool:
    """Tell whether a mention is the *known* call, or cannot be of an object of *entry*."""
    if node is known:
        return True
    if not isinstance(node, ast.Attribute) or is_stored(node):
        return False
    classes = Receivers(project, module, node).of(node)
    return classes is not None and entry.qualname not in classes
