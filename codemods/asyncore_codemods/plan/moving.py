"""Decide whether what follows a loop can go into a coroutine with it.

Ctrl-C has to raise KeyboardInterrupt inside that coroutine then, as it did inside asyncore.loop(), and
`interruptible()` sees to that. Other ways to end a loop from within, such as sys.exit() in a handler, end asyncio's
from outside.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.assigned_methods import methods_of
from asyncore_codemods.analyse.blocks import read_block
from asyncore_codemods.analyse.references import Surroundings
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.loop_sites import taken_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.aftermath import Aftermath
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.model.programs import LoopSite

INTERRUPTIBLE = "interruptible"
_LEAVING = frozenset({"SystemExit", "KeyboardInterrupt", "GeneratorExit", "ExitNow", "exit", "quit"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Moving:
    """Moves what follows the loop of a program into a coroutine, if that comes to the same."""

    def __init__(self, project: Project, modules: Sequence[Module], loops: Sequence[LoopSite]) -> None:
        self.project = project
        self.modules = modules
        self.loops = loops

    def move(self, aftermath: Aftermath) -> bool:
        """Give the loop its block; tell whether it has one."""
        site = aftermath.startup.site
        if len(self.loops) != 1 or site.is_thread or not site.alone or not aftermath.is_near:
            return False
        module = next(m for m in self.modules if str(m.path) == site.place.path)
        call = Surroundings(module).call_at(site.place.span)
        if taken_names(module.source.tree, (INTERRUPTIBLE, "signal")) or self._handles_signals():
            return False
        if self._leaves_otherwise(module, call) or self._has_hooks(aftermath):
            return False
        site.block = read_block(module, call, aftermath.statements)
        return site.block is not None

    def _handles_signals(self) -> bool:
        return any(
            isinstance(node, ast.Call)
            and (self.project.resolve_node(module, node.func) or "").startswith("signal.")
            for module in self.modules
            for node in walk(module.source.tree)
        )

    def _has_hooks(self, aftermath: Aftermath) -> bool:
        """Tell whether close_when_done() may have called a hook at once, which now takes a turn of the loop."""
        return any("close_when_done" in reason.message for reason in aftermath.reasons) and any(
            entry.root and name in methods
            for entry in self.project.classes.values()
            for methods in [{m.name for m in methods_of(entry.node)}]
            for name in ("handle_close", "close")
        )

    def _leaves_otherwise(self, home: Module, call: ast.Call) -> bool:
        """Tell whether something that the loop calls may end it with an exception of its own."""
        return any(
            isinstance(node, (ast.Name, ast.Attribute)) and (dotted_name(node) or "").rpartition(".")[2] in _LEAVING
            for module in self.modules
            for function in self._functions(module, Surroundings(home).ancestors(call))
            for node in walk(function)
        )

    @staticmethod
    def _functions(module: Module, around: Sequence[ast.AST]) -> list[ast.AST]:
        """Return the functions of *module* but for those *around* the loop, and those that call them."""
        names = {node.name for node in around if isinstance(node, _FUNCTIONS)}
        functions = [n for n in walk(module.source.tree) if isinstance(n, _FUNCTIONS) and n not in around]
        return [
            function
            for function in functions
            if not any(
                isinstance(node, ast.Call) and (dotted_name(node.func) or "").rpartition(".")[2] in names
                for node in walk(function)
            )
        ]
