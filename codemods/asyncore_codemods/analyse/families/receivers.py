"""Whose attributes are used in a piece of code: what is known of `self` there, and of names and attributes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.constructions import home_of
from asyncore_codemods.analyse.usage.inference import OTHER, Inference
from asyncore_codemods.analyse.values.syntax import parent_map, self_name

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import Project


class Receivers:
    """Tells whose attributes are used in a piece of code."""

    def __init__(self, project: Project, module: Module, region: ast.AST) -> None:
        self.function, self.entry = home_of(project, region, parent_map(module.source.tree))
        self.inference = Inference(project, module, self.function, self.entry)

    def of(self, node: ast.Attribute) -> frozenset[str] | None:
        """Return the classes that the object may have whose attribute *node* is, None if that cannot be told."""
        return self.classes_of(node.value)

    def classes_of(self, value: ast.expr) -> frozenset[str] | None:
        """Return the classes that *value* may be an object of, none if they are not the project's."""
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super":
            return None
        if self.entry is not None and self.function is not None and _is_self(value, self.function):
            return frozenset(one.qualname for one in (self.entry, *self.entry.descendants()))
        classes = self.inference.classes_of(value)
        return frozenset() if classes == frozenset({OTHER}) else classes


def _is_self(node: ast.expr, function: FunctionNode) -> bool:
    return isinstance(node, ast.Name) and node.id == self_name(function)
