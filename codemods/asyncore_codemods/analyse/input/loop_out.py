"""The way out of a loop that takes messages off a buffer: without effects, nothing comes of running it again."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.usage.effects import only_computes
from asyncore_codemods.analyse.values.syntax import self_attribute, significant
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

ENDS = frozenset({"close", "handle_close"})
_CHANGES = frozenset(
    {"append", "extend", "insert", "pop", "remove", "clear", "update", "add", "discard", "popleft"}
)


class UnclearError(Exception):
    """What comes of a piece of code cannot be told."""


class LoopOut:
    """The ways out of a `while` loop that takes messages off a buffer."""

    def __init__(
        self, hierarchy: Hierarchy, definition: Definition, loop: ast.While, outside: list[OutsideUse]
    ) -> None:
        self.hierarchy = hierarchy
        self.definition = definition
        self.own = definition.self_name
        self.loop = loop
        self.outside = outside
        self.looked_at: set[str] = set()

    def has_no_effects(self) -> bool:
        """Tell whether the round in which the loop ends changes nothing, so that it would end there again."""
        try:
            self._look(self.loop.test)
            self._way(self.loop.body, "clean")
        except UnclearError:
            return False
        return not self.loop.orelse and not self._changed_by_others()

    def _look(self, node: ast.expr) -> None:
        if not only_computes(self.hierarchy, self.definition, node):
            raise UnclearError
        self.looked_at |= {name for inner in walk(node) for name in [self_attribute(inner, self.own)] if name}

    def _way(self, body: list[ast.stmt], state: str) -> str:
        """Return the state behind *body*: clean, dirty, closed, or left."""
        for statement in significant(body):
            if isinstance(statement, (ast.Break, ast.Return)):
                if state == "dirty":
                    raise UnclearError
                return "left"
            if isinstance(statement, ast.Continue):
                return "left"
            if isinstance(statement, ast.If):
                ways = {self._branch(statement, block, state) for block in (statement.body, statement.orelse)}
                ways -= {"left"} if len(ways) > 1 else set()
                state = ways.pop() if len(ways) == 1 else "dirty"
                if state == "left":
                    return state
            else:
                state = self._simple(statement, state)
        return state

    def _branch(self, statement: ast.If, body: list[ast.stmt], state: str) -> str:
        if state == "clean":
            try:
                self._look(statement.test)
            except UnclearError:
                state = "dirty"
        return self._way(body, state)

    def _simple(self, statement: ast.stmt, state: str) -> str:
        if any(isinstance(node, (ast.Break, ast.Return)) for node in walk(statement)):
            raise UnclearError  # out of a nested loop, or of a try
        if state == "clean" and isinstance(statement, ast.Assign) and _is_local(statement.targets[0]):
            try:
                self._look(statement.value)
            except UnclearError:
                return "dirty"
            return state
        called = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(called, ast.Call) and self_attribute(called.func, self.own) in ENDS:
            return "closed"  # nothing is received after that
        return state if state == "closed" else "dirty"

    def _changed_by_others(self) -> bool:
        """Tell whether what the loop looks at may change between two calls of handle_read()."""
        hierarchy = self.hierarchy
        if any(use.stored and use.name in self.looked_at and use.may_be(hierarchy.names) for use in self.outside):
            return True
        inputs = ("__init__", "handle_read", "handle_close", "close", "handle_error")
        others = [name for name in hierarchy.methods if name.startswith("handle_") and name not in inputs]
        others += [name for name in ("readable", "writable") if name in hierarchy.methods]
        reached = hierarchy.reachable(*others)
        known = hierarchy.reachable(*inputs)
        return any(
            self._changes(definition)
            for definition in hierarchy.definitions()
            if definition in reached or definition not in known
        )

    def _changes(self, definition: Definition) -> bool:
        own = definition.self_name
        return any(
            self_attribute(changed, own) in self.looked_at
            for node in walk(definition.function)
            for changed in _changed_by(node)
        )


def _changed_by(node: ast.AST) -> list[ast.expr]:
    """Return what *node* assigns to or changes in place."""
    if isinstance(node, ast.Attribute):
        is_stored = isinstance(node.ctx, (ast.Store, ast.Del))
        return [node] * is_stored + [node.value] * (node.attr in _CHANGES)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return [node.value]
    return []


def _is_local(target: ast.expr) -> bool:
    elements = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    return all(isinstance(element, ast.Name) for element in elements)
