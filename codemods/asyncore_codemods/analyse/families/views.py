"""One class statement as reporting wants to see it: its methods, and what they do with self."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import parent_map, self_name
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project


@dataclass(frozen=True)
class SelfUse:
    """One `self.NAME` in a method."""

    name: str
    method: str
    node: ast.Attribute
    call: ast.Call | None  # if it is called

    @property
    def is_written(self) -> bool:
        """Whether the attribute is assigned or deleted here."""
        return not isinstance(self.node.ctx, ast.Load)


@dataclass(eq=False)
class ClassView:
    """A class statement with its own methods; what its bases define is seen through `lineage`."""

    project: Project
    entry: ClassEntry
    methods: dict[str, FunctionNode] = field(default_factory=dict)
    uses: list[SelfUse] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    @property
    def module(self) -> Module:
        """The module of the class."""
        return self.entry.module

    @property
    def root(self) -> str:
        """The removed class that it derives from, "" for a class that derives from none."""
        return self.entry.root or ""

    @property
    def is_chat(self) -> bool:
        """Whether it inherits async_chat's terminators and pushes."""
        return bool(self.root) and legacy.ASYNC_CHAT in legacy.ancestors(self.root)

    def resolve(self, node: ast.expr) -> str:
        """Return what a name or an attribute means in the module of the class, "" for any other expression."""
        return self.project.resolve_node(self.module, node) or ""

    def using(self, *names: str) -> Iterator[SelfUse]:
        """Yield the uses of some attributes of self."""
        return (use for use in self.uses if use.name in names)

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Yield the calls of some methods of self."""
        return (use.call for use in self.using(*names) if use.call is not None)

    def nodes(self, *methods: str) -> Iterator[ast.AST]:
        """Yield every node of the named methods, of all methods if none is named."""
        for name, function in self.methods.items():
            if not methods or name in methods:
                yield from walk(function)

    def calls_of(self, *dotted: str, within: tuple[str, ...] = ()) -> Iterator[ast.Call]:
        """Yield the calls of functions by what they mean: `time.sleep`, or a whole module with `subprocess.*`."""
        for node in self.nodes(*within):
            if isinstance(node, ast.Call):
                target = self.resolve(node.func)
                if target and (target in dotted or f"{target.split('.')[0]}.*" in dotted):
                    yield node

    def attribute(self, name: str) -> ast.expr | None:
        """Return the value that the class body gives *name*."""
        for statement in self.entry.node.body:
            if isinstance(statement, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == name for target in statement.targets
            ):
                return statement.value
        return None


def view_of(project: Project, entry: ClassEntry) -> ClassView:
    """Return the view of *entry*."""
    view = ClassView(project, entry, parents=parent_map(entry.node))
    view.methods.update({function.name: function for function in methods_of(entry.node)})
    for name, function in view.methods.items():
        own = self_name(function)
        for node in walk(function):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and own
                and node.value.id == own
            ):
                parent = view.parents.get(node)
                call = parent if isinstance(parent, ast.Call) and parent.func is node else None
                view.uses.append(SelfUse(node.attr, name, node, call))
    return view
