"""What stands in for names of the removed modules: SystemExit for ExitNow, errno's constants, imported modules.

SystemExit leaves asyncio's loop as ExitNow left asyncore's, past all handlers; it only must not meet other handlers
on its way, or other reasons to exit those of ExitNow.
"""

from __future__ import annotations

import ast
import errno
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import CALLABLES, is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.model.programs import ModuleUse

_EXIT_NOW = "asyncore.ExitNow"
_MODULES = frozenset({"errno", "os", "select", "socket", "sys", "time", "warnings"})  # that asyncore imports
_EXITS = frozenset({"exit", "quit", "sys.exit", "SystemExit"})


def stand_ins(
    project: Project, modules: Sequence[Module], uses: Sequence[ModuleUse]
) -> dict[ModuleUse, Replacement]:
    """Return what the uses of removed modules turn into that have a name of their own elsewhere."""
    finder = _Finder(project, modules)
    found = {use: finder.constant(use) for use in uses if use.name != _EXIT_NOW}
    exits = [use for use in uses if use.name == _EXIT_NOW]
    changed = [finder.exit_now(use) for use in exits]
    if exits and None not in changed and finder.may_exit():
        found.update(zip(exits, changed))
    return {use: replacement for use, replacement in found.items() if replacement is not None}


class _Finder:
    def __init__(self, project: Project, modules: Sequence[Module]) -> None:
        self.project = project
        self.modules = {str(module.path): module for module in modules}
        self.handlers: set[ast.ExceptHandler] = set()  # of ExitNow

    def constant(self, use: ModuleUse) -> Replacement | None:
        """`asyncore.ENOTCONN` is errno.ENOTCONN, `asyncore.socket` is socket."""
        module, _, name = use.name.partition(".")
        imported = self.modules[use.place.path]
        node = self._node(imported, use)
        if module != "asyncore" or not isinstance(node, ast.Attribute):
            return None
        if name.startswith("E") and hasattr(errno, name) and _is_free(imported, "errno"):
            return Replacement(use.place, f"errno.{name}")
        return Replacement(use.place, name) if name in _MODULES and _is_free(imported, name) else None

    def exit_now(self, use: ModuleUse) -> Replacement | None:
        """Return what a `raise ExitNow` or an `except ExitNow` becomes."""
        module = self.modules[use.place.path]
        node, parents = self._node(module, use), parent_map(module.source.tree)
        parent = parents.get(node) if node is not None else None
        holder = parents.get(parent) if isinstance(parent, ast.Tuple) else parent
        if isinstance(holder, ast.ExceptHandler):
            self.handlers.add(holder)
            return Replacement(use.place, "SystemExit")
        if isinstance(parent, ast.Raise) and parent.exc is node:
            return Replacement(use.place, "SystemExit(1)")
        if not isinstance(parent, ast.Call) or not isinstance(parents.get(parent), ast.Raise) or parent.keywords:
            return None
        if not parent.args:
            return Replacement(Place(use.place.path, module.source.span(parent)), "SystemExit(1)")
        return Replacement(use.place, "SystemExit") if len(parent.args) == 1 and _is_text(parent.args[0]) else None

    def may_exit(self) -> bool:
        """Tell whether SystemExit goes the way of ExitNow, and is the only one that does."""
        for module in self.modules.values():
            parents = parent_map(module.source.tree)
            for node in walk(module.source.tree):
                if isinstance(node, ast.ExceptHandler) and {"Exception", "SystemExit"} & set(_caught(node)):
                    return False
                if self.handlers and isinstance(node, (ast.Call, ast.Raise)):
                    called = node.func if isinstance(node, ast.Call) else node.exc
                    if called is not None and dotted_name(called) in _EXITS and not self._is_beside(node, parents):
                        return False
        return True

    def _is_beside(self, node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
        """Tell whether what leaves the program at *node* cannot come to a handler of ExitNow.

        It stands in the module itself, or in the function that has such a handler, and not in what that guards.
        """
        while node in parents:
            inner, node = node, parents[node]
            if isinstance(node, ast.Try) and inner in node.body and self.handlers & set(node.handlers):
                return False
            if isinstance(node, CALLABLES):
                return isinstance(parents[node], ast.Module) and not self.handlers.isdisjoint(walk(node))
        return True

    def _node(self, module: Module, use: ModuleUse) -> ast.expr | None:
        return next(
            (
                node
                for node in walk(module.source.tree, (ast.Name, ast.Attribute))
                if module.source.span(node) == use.place.span
            ),
            None,
        )


def _is_free(module: Module, name: str) -> bool:
    """Tell whether *name* means the module of that name, or nothing yet."""
    return module.bindings.get(name, name) == name and not any(
        isinstance(node, ast.Name) and node.id == name and is_stored(node) for node in walk(module.source.tree)
    )


def _is_text(node: ast.expr) -> bool:
    """Tell whether an argument is text, with which SystemExit exits like an exception that nobody catches."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        node = node.left
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _caught(handler: ast.ExceptHandler) -> Iterator[str]:
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type else []
    yield from (dotted_name(one) or "" for one in types)


def is_exit(node: ast.AST) -> bool:
    """Tell whether an expression names a way to leave the loop, and the program."""
    name = dotted_name(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
    return name is not None and (name in _EXITS or legacy.canonical(name).endswith("ExitNow"))
