"""Whether a handle_close() may raise, by taking out of a container what is not in it.

    def handle_close(self):
        del players[self.name]  # who has not said a name yet is in nobody's list
        self.close()

asyncore gave that error to handle_error(), like any other.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import asked_names, guarded_nodes, last_name, self_attribute, self_name
from asyncore_codemods.nodes import FUNCTIONS, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.modules import FunctionNode

_ADDING = frozenset({"append", "add", "insert", "setdefault"})


def may_miss(hierarchy: Hierarchy) -> bool:
    """Tell whether a handle_close() takes something out of a container that not every session is put into."""
    run = {definition.function for definition in hierarchy.reachable("handle_close")}
    run |= {function for one in run for function in _called_elsewhere(hierarchy, one)}
    filled = _filled_for_all(hierarchy)
    return any(container not in filled for function in run for container in _emptied(function))


def _called_elsewhere(hierarchy: Hierarchy, function: FunctionNode) -> Iterator[FunctionNode]:
    """Yield the functions, and other objects' methods, that *function* may call, by their names."""
    own = self_name(function)
    names = {last_name(call.func) for call in walk(function, ast.Call) if self_attribute(call.func, own) is None}
    project = hierarchy.project
    for entry in project.classes.values():
        yield from (method for method in methods_of(entry.node) if method.name in names)
    for module in project.modules.values():
        yield from (one for one in module.source.tree.body if isinstance(one, FUNCTIONS) and one.name in names)


def _filled_for_all(hierarchy: Hierarchy) -> set[str]:
    """Return the names of containers into which each new session is put, by its constructor or a listener."""
    classes = hierarchy.project.classes.values()
    filling = [definition.function for definition in hierarchy.methods.get("__init__", ())]
    filling += [method for one in classes for method in methods_of(one.node) if method.name in legacy.ACCEPTING]
    filled = set()
    for function in filling:
        for node in walk(function, (ast.Call, ast.Subscript)):
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                filled.add(last_name(node.value))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ADDING:
                filled.add(last_name(node.func.value))
    return filled


def _emptied(function: FunctionNode) -> Iterator[str]:
    """Yield the names of containers that *function* takes a certain element out of, without asking for it."""
    guarded, asked = guarded_nodes(function), asked_names(function)
    for node in walk(function, (ast.Call, ast.Subscript)):
        container = _taken_out_of(node)
        if container is not None and node not in guarded and last_name(container) not in asked:
            yield last_name(container)


def _taken_out_of(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Subscript):
        return node.value if isinstance(node.ctx, ast.Del) and not isinstance(node.slice, ast.Slice) else None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or len(node.args) != 1:
        return None
    is_index = isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, int)
    takes = node.func.attr == "remove" or (node.func.attr == "pop" and not is_index and not node.keywords)
    return node.func.value if takes else None
