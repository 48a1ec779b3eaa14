"""What producers look at, and what may change before they have come to it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.output.completing import is_complete
from asyncore_codemods.analyse.output.handed import Handed, Names, copied_parameters, holds_plain
from asyncore_codemods.analyse.usage.containers import CHANGING
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import declared_global, local_names, self_attribute, self_name
from asyncore_codemods.nodes import FUNCTIONS, is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project

    Source = tuple[Module, FunctionNode, "ClassEntry | None"]  # the last: of whose methods it is one

_ENDS = frozenset({"__init__", "handle_close", "handle_error", "close", "__del__"})  # nothing is sent any more
_MUTATORS = CHANGING | {"put", "put_nowait", "write", "seek", "truncate", "feed", "close"}


def is_simple(project: Project, module: Module, value: ast.expr) -> bool:
    """Tell whether a value is a new `asynchat.simple_producer`."""
    named = project.resolve_node(module, value.func) if isinstance(value, ast.Call) else None
    return named is not None and legacy.canonical(named) == "asynchat.simple_producer"


class Meanwhile:
    """Compares what producers look at with what everybody else changes."""

    def __init__(
        self,
        project: Project,
        modules: Sequence[Module],
        producers: Sequence[ClassEntry],
        sources: Sequence[Source],
    ) -> None:
        self.project = project
        self.modules = modules
        self.index = Names(modules)
        self.sources = sources  # what may run when more() is called
        self.names = {entry.qualname for entry in producers}
        self.own = {id(node) for entry in producers for node in walk(entry.node)}
        self.attributes: set[str] = set()  # what more() looks at that is not its object's own
        self.variables: set[str] = set()

    def change(self) -> tuple[Module, ast.AST, str] | None:
        """Return where something changes that producers may look at, and what that is."""
        self._look()
        handed = Handed(self.index)
        for module in self.modules:
            for node in walk(module.source.tree, ast.Call):
                if self._is_producer(module, node):
                    handed.add(module, self._kept(module, node))
        for module in self.modules:
            for function in walk(module.source.tree, FUNCTIONS):
                if function.name not in _ENDS and id(function) not in self.own:
                    for changed in _changes(function):
                        name = self._seen_to_change(handed, module, function, *changed)
                        if name:
                            return module, changed[1], name
        return None

    def _seen_to_change(
        self,
        handed: Handed,
        module: Module,
        function: FunctionNode,
        node: ast.AST,
        target: ast.Attribute | ast.Name,
        is_new: bool,
        inside: bool,
    ) -> str:
        """Return the name of what a function changes, if producers may look at that."""
        name = target.attr if isinstance(target, ast.Attribute) else target.id
        looked_at = name in (self.attributes if isinstance(target, ast.Attribute) else self.variables)
        if looked_at and (is_new or isinstance(target, ast.Attribute)):
            return name
        if is_new or (isinstance(node, ast.AugAssign) and holds_plain(self.modules, name)):
            return ""
        changed = Handed(self.index)
        if isinstance(target, ast.Attribute):
            changed.attributes.add((target.attr, inside))
        else:
            changed.add(module, [target], deep=inside)
        alias = {attribute for attribute, _ in changed.attributes} & self.attributes
        alias |= {variable for variable, _ in changed.variables} & self.variables
        if alias or handed.shares(changed):
            return "" if self._is_complete(module, function, name) and not alias else name
        return ""

    def _is_complete(self, module: Module, function: FunctionNode, name: str) -> bool:
        """Tell whether an attribute of the object whose method *function* is is handed over once it is complete."""
        owners = [e for e in self.project.classes.values() if any(m is function for m in methods_of(e.node))]
        handing = [
            (method, node)
            for owner in owners
            for method in methods_of(owner.node)
            for node in walk(method, ast.Call)
            if self._is_producer(module, node)
            if any(self_attribute(value, self_name(method)) == name for value in self._kept(module, node))
        ]
        return bool(owners) and is_complete(self.modules, owners[0], name, handing)

    def _look(self) -> None:
        """Find what more() looks at that is not its object's own."""
        for module, function, producer in self.sources:
            local = local_names(function)
            own = self_name(function) if producer is not None else ""
            for node in walk(function):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    self.attributes |= {node.attr} if self_attribute(node, own) is None else set()
                elif isinstance(node, ast.Name) and node.id not in local and node.id in module.assigned:
                    self.variables.add(node.id)

    def _kept(self, module: Module, call: ast.Call) -> list[ast.expr]:
        """Return what a new producer is given and does not copy at once."""
        entry = self.project.class_named(module, call.func)
        made = entry.node.body if entry is not None else []
        constructor = next((m for m in made if isinstance(m, ast.FunctionDef) and m.name == "__init__"), None)
        copied = copied_parameters(constructor) if constructor is not None else set()
        names = [a.arg for a in constructor.args.args[1:]] if constructor is not None else []
        positions = [name not in copied for name in names[: len(call.args)]]
        positions += [True] * (len(call.args) - len(positions))
        kept = [value for value, stays in zip(call.args, positions) if stays]
        return [*kept, *(k.value for k in call.keywords if k.arg not in copied)]

    def _is_producer(self, module: Module, call: ast.Call) -> bool:
        if is_simple(self.project, module, call):
            return True
        known = self.project.class_named(module, call.func)
        return known is not None and any(one.qualname in self.names for one in known.lineage())


def _changes(function: FunctionNode) -> Iterator[tuple[ast.AST, ast.Attribute | ast.Name, bool, bool]]:
    """Yield what a function changes, whether it only gives that another value, and whether it is inside of it."""
    rebound = declared_global(function)
    for node in walk(function):
        target: ast.AST | None = None
        inside = False
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
            target = node.func.value
        elif isinstance(node, ast.Subscript) and is_stored(node):
            target = node.value
        elif isinstance(node, ast.AugAssign) and not isinstance(node.target, ast.Subscript):
            target = node.target
        elif isinstance(node, ast.withitem):  # which closes it
            target = node.optional_vars or node.context_expr
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for inner in walk(node):
                if (isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store)) or (
                    isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store) and inner.id in rebound
                ):
                    yield node, inner, True, False
        while isinstance(target, ast.Subscript):
            target, inside = target.value, True
        if isinstance(target, (ast.Attribute, ast.Name)):
            yield node, target, False, inside
