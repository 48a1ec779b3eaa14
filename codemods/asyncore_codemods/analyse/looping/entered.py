"""What the loop drives and a `with` statement closes: `with Server(port):`, `with closing(Server(port)):`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import self_name, significant

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import ClassEntry, Project


def entering(project: Project, module: Module, call: ast.Call, statement: ast.stmt) -> ast.withitem | None:
    """Return the part of a `with` that enters what *call* makes, and may give it a name; None if there is none."""
    for item in statement.items if isinstance(statement, ast.With) else ():
        manager = item.context_expr
        entry = project.class_named(module, call.func) if manager is call else None
        if entry is not None and _enters_itself(entry):
            return item
        if isinstance(manager, ast.Call) and manager.args == [call] and not manager.keywords:
            return item if project.resolve_node(module, manager.func) == "contextlib.closing" else None
    return None


def _enters_itself(entry: ClassEntry) -> bool:
    """Tell whether a class has an __enter__() that does nothing but return the object."""
    defined = [m for one in entry.lineage() for m in methods_of(one.node) if m.name == "__enter__"]
    first = defined[0] if defined else None
    return first is not None and [*map(ast.unparse, significant(first.body))] == [f"return {self_name(first)}"]
