"""What each pass of a polled loop does, whether or not it is time for it, so that the number of passes shows.

A pass ends with the first event, so asyncore makes more of them the more its clients say. What sleeps in place of
the pass does not. Work that is due at a time, or that takes what there is to take, comes to the same; a dot that is
printed with each pass does not, nor does a count of passes that somebody reads.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

from asyncore_codemods.analyse.families.references import outline_of
from asyncore_codemods.analyse.input.predicates import LOGS
from asyncore_codemods.analyse.usage.containers import TAKING
from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.analyse.values.syntax import last_name, parent_map
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import SCOPES, is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index import Module
    from asyncore_codemods.index.modules import FunctionNode

_SAYING = frozenset({"print", "write", "writelines", "send", "sendto", "push", "log", "log_info"}) | LOGS
_VIEWS = frozenset({"list", "tuple", "sorted", "set", "values", "keys", "items", "copy", "enumerate", "reversed"})


class EachPass:
    """Reads one polled loop; *is_settled* tells whether a condition comes out alike in all passes."""

    def __init__(
        self, modules: Sequence[Module], loop: ast.While, call: ast.Call, is_settled: Callable[[ast.expr], bool]
    ) -> None:
        self.modules = modules
        self.loop = loop
        self.call = call
        self.is_settled = is_settled

    def says(self) -> ast.AST | None:
        """Return what says something with each pass, in the loop or in a function that it calls."""
        return self._first(_says, self.loop, set())

    def counts(self) -> ast.AST | None:
        """Return what adds to something with each pass that is read elsewhere."""
        return self._first(self._counts, self.loop, set())

    def _first(
        self, is_meant: Callable[[ast.AST], bool], scope: ast.While | FunctionNode, seen: set[str]
    ) -> ast.AST | None:
        """Return the first part of *scope* that is meant, or that calls a function with such a part.

        *seen* are the names that have been followed already, with nothing found.
        """
        for node in _Always(scope, self.is_settled).of(scope.body):
            if node is self.call:
                continue
            if is_meant(node):
                return node
            name = last_name(node.func) if isinstance(node, ast.Call) else ""
            functions = [] if name in seen else self._functions(name)
            seen.add(name)
            if any(self._first(is_meant, function, seen) is not None for function in functions):
                return node
        return None

    def _counts(self, node: ast.AST) -> bool:
        if not isinstance(node, (ast.AugAssign, ast.Assign)):
            return False
        inside = {id(part) for part in walk(node)}
        names = {name.rpartition(".")[2] for name in _adds_to(node)}
        others = [
            (module, other)
            for module in self.modules
            for other in walk(module.source.tree, (ast.Name, ast.Attribute))
            if last_name(other) in names and id(other) not in inside
        ]
        grows = _grows(node) and all(_is_given_none(m, o) for m, o in others if is_stored(o))
        read = [(module, other) for module, other in others if isinstance(other.ctx, ast.Load)]
        return any(not grows or not _is_asked_for_any(module, other) for module, other in read)

    def _functions(self, name: str) -> list[FunctionNode]:
        return [function for module in self.modules for function in outline_of(module).functions.get(name, ())]


@dataclass
class _Always:
    """What the statements of a loop or a function, *scope*, do whenever they run."""

    scope: ast.AST
    is_settled: Callable[[ast.expr], bool]

    def of(self, statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
        for statement in statements:
            if isinstance(statement, ast.If):
                yield from _own(statement.test)
                yield from self.of(self._taken(statement))
            elif isinstance(statement, ast.Try):
                yield from self.of([*statement.body, *statement.orelse, *statement.finalbody])
            elif isinstance(statement, ast.With):
                yield from self.of(statement.body)
            elif isinstance(statement, (ast.For, ast.AsyncFor)):
                yield from _own(statement.iter)
                if not self._is_used_up(statement.iter):
                    yield from self.of(statement.body)
            elif not isinstance(statement, (ast.While, *SCOPES)):
                yield from _own(statement)

    def _taken(self, statement: ast.If) -> list[ast.stmt]:
        """Return the branches of an `if` that are there to be taken in any pass."""
        if self.is_settled(statement.test):
            return [*statement.body, *statement.orelse]
        if _leaves(statement.body):
            return statement.orelse
        return statement.body if _leaves(statement.orelse) else []

    def _is_used_up(self, iterated: ast.expr) -> bool:
        """Tell whether the scope takes what it goes through, so that there is none of it in the next pass."""
        if any(isinstance(n, ast.Call) and last_name(n.func) not in _VIEWS for n in walk(iterated)):
            return True  # something may hand out each thing once
        names = {last_name(n) for n in walk(iterated, (ast.Name, ast.Attribute))}
        for node in walk(self.scope):
            taken = node.value if isinstance(node, ast.Attribute) and node.attr in TAKING else node
            is_taken = taken is not node or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            if is_taken and last_name(taken) in names:
                return True
        return False


def _adds_to(statement: ast.AugAssign | ast.Assign) -> set[str]:
    """Return what a statement changes by an amount: `n += 1`, or `n = n + 1`."""
    if isinstance(statement, ast.AugAssign):
        found = {dotted_name(statement.target)}
    else:
        own = {dotted_name(n) for n in walk(statement.value, (ast.Name, ast.Attribute))}
        found = {dotted_name(target) for target in statement.targets} & own
    return {name for name in found if name is not None}


def _grows(statement: ast.AugAssign | ast.Assign) -> bool:
    """Tell whether a statement is `n += 1`, so that n is something once there has been a pass."""
    added = statement.value if isinstance(statement, ast.AugAssign) else None
    is_number = isinstance(added, ast.Constant) and isinstance(added.value, int) and added.value > 0
    return isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add) and is_number


def _is_given_none(module: Module, node: ast.expr) -> bool:
    """Tell whether a number is set to nothing: `passes = 0`."""
    statement = parent_map(module.source.tree)[node]
    value = statement.value if isinstance(statement, ast.Assign) else None
    return isinstance(value, ast.Constant) and value.value == 0


def _is_asked_for_any(module: Module, node: ast.expr) -> bool:
    """Tell whether a number is only asked whether it is any: `assert passes`."""
    parents = parent_map(module.source.tree)
    outer = parents[node]
    while isinstance(outer, ast.BoolOp) or (isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not)):
        node, outer = outer, parents[outer]
    return isinstance(outer, (ast.Assert, ast.If, ast.While, ast.IfExp)) and outer.test is node


def _says(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) in _SAYING


def _leaves(statements: Sequence[ast.stmt]) -> bool:
    return any(
        isinstance(one, (ast.Break, ast.Continue, ast.Return, ast.Raise)) or leaves(one) for one in statements
    )


def _own(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, SCOPES):
        yield node
        for child in ast.iter_child_nodes(node):
            yield from _own(child)
