"""Whose objects a piece of code has to do with: what it names, and whose attributes it uses."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.receivers import Receivers
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from asyncore_codemods.index import Module, Project


class CodeUses:
    """What a piece of code uses, which is read once, whoever's objects are asked for."""

    def __init__(self, project: Project, module: Module, code: ast.AST) -> None:
        self.project = project
        self.module = module
        self.code = code
        self.receivers = Receivers(project, module, code)

    @cached_property
    def named(self) -> set[str]:
        """The qualified names of the classes that it names."""
        nodes = list(walk(self.code, (ast.Name, ast.Attribute)))
        found = (self.project.class_named(self.module, node) for node in nodes)
        return {entry.qualname for entry in found if entry is not None}

    @cached_property
    def variables(self) -> set[str]:
        """The names of classes whose objects its variables hold."""
        names = (node for node in walk(self.code, ast.Name))
        return {name for node in names for name in self.receivers.classes_of(node) or ()}

    @cached_property
    def _attributes(self) -> dict[str, list[ast.Attribute]]:
        found: dict[str, list[ast.Attribute]] = {}
        for node in walk(self.code, ast.Attribute):
            found.setdefault(node.attr, []).append(node)
        return found

    @cached_property
    def _owners(self) -> dict[str, list[frozenset[str] | None]]:
        return {}

    def has_to_do_with(self, classes: AbstractSet[str], attributes: AbstractSet[str]) -> bool:
        """Tell whether it names one of *classes*, or uses one of *attributes* of what may be an object of these."""
        return not self.named.isdisjoint(classes) or any(
            owners is None or not owners.isdisjoint(classes)
            for name in self._attributes.keys() & attributes
            for owners in self._owners_of(name)
        )

    def _owners_of(self, attribute: str) -> list[frozenset[str] | None]:
        if attribute not in self._owners:
            self._owners[attribute] = [self.receivers.of(node) for node in self._attributes[attribute]]
        return self._owners[attribute]
