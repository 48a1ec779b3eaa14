"""When a function of a program is called: before the loop runs, by the loop between its passes, or by handlers."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.usage.containers import mentions_of
from asyncore_codemods.analyse.values.syntax import last_name
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project


@dataclass(frozen=True)
class Calls:
    """The calls of a program with a polled *loop*, which stands in *function* of *module*."""

    project: Project
    modules: Sequence[Module]
    module: Module
    function: ast.AST
    loop: ast.While

    def come_from_loop(self, function: ast.AST) -> bool:
        """Tell whether the loop itself calls a function between its passes, and nobody else does."""
        name = getattr(function, "name", "")
        mentions = [
            (module, node)
            for module in self.modules
            for node in mentions_of(module.source.tree, name, is_attribute=True)
        ]
        return bool(mentions) and all(m is self.module and is_within(n, self.loop) for m, n in mentions)

    def may_be_early(self, function: ast.AST) -> bool:
        """Tell whether *function* may be called before the loop runs, when there is no event yet."""
        names = self._called_as(function)
        for module in self.modules:
            around = Surroundings(module)
            for node in walk(module.source.tree):
                if self._handles_signal(module, node, names):
                    return True
                if not isinstance(node, ast.Call) or (dotted_name(node.func) or "").rpartition(".")[2] not in names:
                    continue
                functions = around.functions(node)
                if not functions or functions[-1].name == "__init__":
                    early = True
                else:
                    early = functions[-1] is self.function
                if early and not (module is self.module and node.lineno >= self.loop.lineno):
                    return True
        return False

    def _handles_signal(self, module: Module, node: ast.AST, names: set[str]) -> bool:
        """Tell whether *node* has a signal call a function of one of *names*: that may come at any time."""
        return (
            isinstance(node, ast.Call)
            and self.project.resolve_node(module, node.func) == "signal.signal"
            and any(last_name(given) in names for given in node.args)
        )

    def _called_as(self, function: ast.AST) -> set[str]:
        """Return the names by which *function* is called: for a constructor, those of its class and its heirs."""
        name = getattr(function, "name", "")
        if name != "__init__":
            return {name}
        owners = [e for e in self.project.classes.values() if any(n is function for n in e.node.body)]
        return {"__init__"} if not owners else {e.name for one in owners for e in (one, *one.descendants())}


def is_within(node: ast.AST, outer: ast.AST) -> bool:
    """Tell whether *node* is part of *outer*."""
    return any(inner is node for inner in walk(outer))
