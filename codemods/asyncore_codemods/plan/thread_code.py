"""What other threads of a program do to its channels, where the modules that start them know nothing of asyncore.

A worker that is given the bot and calls `self.bot.say()` needs no import of ours. What runs in threads is followed
by name: their targets, the methods of their classes, and whatever has a name that one of those calls.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.outside import OTHER, Inference
from asyncore_codemods.analyse.syntax import parent_map
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.hierarchies import Hierarchy
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_THREADS = ("threading.Thread", "threading.Timer", "multiprocessing.Process", "concurrent.futures")
_STARTERS = (*_THREADS, "_thread", "thread.start_new")
_SUBMIT = ("submit", "map", "apply_async", "run_in_executor")


class ThreadCode:
    """The functions of a program that other threads may run."""

    def __init__(self, project: Project, modules: Sequence[Module], hierarchies: Sequence[Hierarchy]) -> None:
        self.project = project
        self.names: set[str] = set()  # of what channels have
        for hierarchy in hierarchies:
            self.names |= set(hierarchy.methods) | legacy.inherited_names(hierarchy.root)
        self.names -= {"__init__"}
        members = {id(member.node) for hierarchy in hierarchies for member in hierarchy.members}
        self.functions: dict[str, list[tuple[Module, FunctionNode]]] = {}
        for module in modules:
            parents = parent_map(module.source.tree)
            for node in walk(module.source.tree):
                if isinstance(node, _FUNCTIONS) and id(parents[node]) not in members:
                    self.functions.setdefault(node.name, []).append((module, node))

    def touches(self, module: Module) -> Place | None:
        """Return where a thread that *module* starts may touch a channel, None if none does."""
        seen: set[int] = set()
        queue = list(self._started(module))
        while queue:
            home, node = queue.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            function = node if isinstance(node, _FUNCTIONS) else None
            for inner in walk(node):
                name = getattr(inner, "id", "") or getattr(inner, "attr", "")
                if isinstance(inner, ast.Attribute):
                    classes = self._classes_of(home, function, inner)
                    if classes == frozenset({OTHER}):
                        continue
                    if inner.attr in self.names and not self._is_own(inner):
                        return Place(str(home.path), home.source.span(inner))
                queue += self.functions.get(name, ())
        return None

    def _started(self, module: Module) -> Iterator[tuple[Module, ast.AST]]:
        """Yield what the threads of *module* run first: classes, and the targets of calls."""
        for node in walk(module.source.tree):
            if isinstance(node, ast.ClassDef) and any(self._is_thread(module, base) for base in node.bases):
                yield from ((module, method) for method in node.body if isinstance(method, _FUNCTIONS))
            elif isinstance(node, ast.Call):
                submits = isinstance(node.func, ast.Attribute) and node.func.attr in _SUBMIT
                if submits or self._is_thread(module, node.func):
                    yield module, node

    def _is_thread(self, module: Module, node: ast.expr) -> bool:
        target = self.project.resolve_node(module, node) or ""
        return target.startswith(_STARTERS)

    def _classes_of(
        self, module: Module, function: FunctionNode | None, node: ast.Attribute
    ) -> frozenset[str] | None:
        entry = next((e for e in self.project.classes.values() if function in e.node.body), None)
        return Inference(self.project, module, function, entry).classes_of(node.value)

    def _is_own(self, node: ast.Attribute) -> bool:
        """Tell whether `self.run` means a method of an object that is no channel."""
        return isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr in self.functions
