"""What numbers a program waits for, where its constants say so: 0.5, TICK, self.TICK / 2, settings.POLL."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Callable

from asyncore_codemods.analyse.families.receivers import Receivers
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import last_name
from asyncore_codemods.nodes import CALLABLES, is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project

_OPERATIONS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Numbers:
    """Works out numbers in *function* of *module*, or in the module itself."""

    def __init__(self, project: Project, module: Module, function: ast.AST) -> None:
        self.project = project
        self.module = module
        self.function = function

    def of(self, node: ast.expr) -> float | None:
        """Return the number that *node* stands for, as long as the program runs; None if it may be another."""
        if isinstance(node, ast.Constant):
            return float(node.value) if isinstance(node.value, (int, float)) else None
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            left, right = self.of(node.left), self.of(node.right)
            if left is None or right is None or (isinstance(node.op, ast.Div) and not right):
                return None
            return _OPERATIONS[type(node.op)](left, right)
        if isinstance(node, ast.Name):
            return self._global(node)
        return self._attribute(node) if isinstance(node, ast.Attribute) else None

    def _global(self, node: ast.Name) -> float | None:
        values = self.module.assigned.get(node.id, [])
        own = [n for n in walk(self.function, ast.Name) if n.id == node.id]
        stored = any(is_stored(n) for n in own)
        is_inner = self.function is not self.module.source.tree
        return self._only(values) if not stored or not is_inner else None

    def _only(self, values: list[ast.expr]) -> float | None:
        return self.of(values[0]) if len(values) == 1 and isinstance(values[0], ast.Constant) else None

    def _attribute(self, node: ast.Attribute) -> float | None:
        """Return what an attribute is given in one place of the program, of a class or its only constructor."""
        given = [
            (module, target)
            for module in self.project.modules.values()
            if node.attr in module.source.text
            for target in _targets(module, node.attr)
        ]
        if len(given) != 1:
            return None
        module, target = given[0]
        around = Surroundings(module)
        statement = around.parents[target]
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not isinstance(statement.value, ast.Constant):
            return None
        holder = around.parents[statement]
        if isinstance(holder, ast.Module):
            is_meant = self.project.find_module(
                self.project.resolve_node(self.module, node.value) or "", self.module
            )
            return self.of(statement.value) if is_meant is module else None
        if isinstance(holder, ast.FunctionDef):
            holder = around.parents[holder] if holder.name == "__init__" else holder
        entry = self.project.entries.get(id(holder))
        if entry is None:
            return None
        named = self.project.class_named(self.module, node.value)
        classes = {named.qualname} if named is not None else Receivers(self.project, self.module, node).of(node)
        known = [self.project.classes[name] for name in classes or () if name in self.project.classes]
        is_its = bool(known) and all(any(one is entry for one in other.lineage()) for other in known)
        return self.of(statement.value) if is_its else None


def _targets(module: Module, name: str) -> Iterator[ast.AST]:
    """Yield where an attribute of that name, of whatever object, may be given a value."""
    around = Surroundings(module)
    for node in walk(module.source.tree):
        if isinstance(node, ast.Constant) and node.value == name:
            call = around.parents[node]
            if isinstance(call, ast.Call) and last_name(call.func) in ("setattr", "__setattr__"):
                yield node
        elif isinstance(node, ast.Attribute) and node.attr == name and is_stored(node):
            yield node
        elif isinstance(node, ast.Name) and node.id == name and is_stored(node):
            is_local = any(isinstance(one, CALLABLES) for one in around.ancestors(node))
            yield from () if is_local else (node,)
