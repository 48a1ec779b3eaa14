"""Whether something may be done before the loop runs: by the module itself, or by what it calls."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.references import Surroundings, outline_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def may_run_early(project: Project, modules: Sequence[Module], module: Module, node: ast.AST) -> bool:
    """Tell whether *node* may run before a loop does, as far as calls can be followed by name.

    What only is a value somewhere, such as a command in a table, is called by handlers.
    """
    return _Reader(project, modules).is_early(module, node, frozenset())


class _Reader:
    def __init__(self, project: Project, modules: Sequence[Module]) -> None:
        self.project = project
        self.modules = modules
        self.around = {module.path: Surroundings(module) for module in modules}

    def is_early(self, module: Module, node: ast.AST, seen: frozenset[str]) -> bool:
        """Tell the same, but for functions that have been *seen*."""
        around = self.around[module.path]
        functions = [n for n in around.ancestors(node) if isinstance(n, _FUNCTIONS)]
        if not functions:
            return True
        outer = functions[-1]
        if isinstance(outer, ast.Lambda) or len(functions) > 1 or outer.name in seen:
            return False  # called later
        entry = self.project.entries.get(id(around.parents[outer]))
        names = [outer.name]
        if outer.name == "__init__" and entry is not None:
            names = [one.name for one in (entry, *entry.descendants())] + ["__init__"]
        return any(
            self.is_early(other, call, seen | {outer.name})
            for other in self.modules
            for name in names
            for call in outline_of(other).calls.get(name, ())
        )
