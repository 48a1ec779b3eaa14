"""Follow every path through a function, keeping track of a small state.

The questions asked here are all of one kind: is the buffer reset, the terminator set, the channel closed on *every*
way out? A walker carries the set of states that are possible at a point; branches are joined, loops are run to a
fixed point, and a handler of `try` may be entered from anywhere in its body. What raises leaves the function.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Callable, Generic, TypeVar

from asyncore_codemods.analyse.values.syntax import following, parent_map
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import DEFINITIONS

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import FunctionNode

State = TypeVar("State")
States = frozenset[State]

ROUNDS = 4  # states are few and only grow: a fixed point comes at once


def leaves(statement: ast.stmt) -> bool:
    """Tell whether *statement* leaves its function, or the program."""
    if isinstance(statement, (ast.Return, ast.Raise)):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return (dotted_name(statement.value.func) or "") in ("sys.exit", "exit", "os._exit", "quit")
    return False


class PathWalker(Generic[State]):
    """Walks function bodies; `step(node, state)` returns the states after one statement's own expressions."""

    def __init__(self, step: Callable[[ast.AST, State], frozenset[State]], rounds: int = ROUNDS) -> None:
        self._step = step
        self._rounds = rounds  # of every loop: with one, nothing is carried from one to the next
        self._returned: set[State] = set()
        self._seen: list[set[State]] = []  # one collector for each enclosing `try`
        self._breaks: list[set[State]] = []
        self._continues: list[set[State]] = []

    def exits(self, function: FunctionNode, start: frozenset[State]) -> frozenset[State]:
        """Return the states in which *function* can end without raising."""
        return self.exits_of(function.body, start)

    def exits_of(self, body: list[ast.stmt], start: frozenset[State]) -> frozenset[State]:
        """Return the states in which *body*, run as a function, can end without raising."""
        saved = self._returned, self._seen, self._breaks, self._continues
        self._returned, self._seen, self._breaks, self._continues = set(), [], [], []
        fallen = self._block(body, start)
        result = fallen | self._returned
        self._returned, self._seen, self._breaks, self._continues = saved
        return frozenset(result)

    def _apply(self, node: ast.AST | None, states: frozenset[State]) -> frozenset[State]:
        if node is None:
            return states
        after = frozenset().union(*(self._step(node, state) for state in states)) if states else states
        for collector in self._seen:
            collector.update(after)
        return after

    def _block(self, body: list[ast.stmt], states: frozenset[State]) -> frozenset[State]:
        for statement in body:
            if not states:
                break
            states = self._statement(statement, states)
        return states

    def _statement(self, node: ast.stmt, states: frozenset[State]) -> frozenset[State]:
        for collector in self._seen:
            collector.update(states)
        if isinstance(node, ast.If):
            states = self._apply(node.test, states)
            return self._block(node.body, states) | self._block(node.orelse, states)
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            return self._loop(node, states)
        if isinstance(node, ast.Try):
            return self._try(node, states)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                states = self._apply(item.context_expr, states)
            return self._block(node.body, states)
        if isinstance(node, ast.Return):
            self._returned |= self._apply(node.value, states)
            return frozenset()
        if isinstance(node, ast.Raise):
            self._apply(node.exc, states)
            return frozenset()
        if isinstance(node, (ast.Break, ast.Continue)):
            stack = self._breaks if isinstance(node, ast.Break) else self._continues
            if stack:
                stack[-1] |= states
            return frozenset()
        if isinstance(node, DEFINITIONS):
            return states
        if hasattr(node, "cases"):  # match
            states = self._apply(getattr(node, "subject"), states)  # noqa: B009  not in 3.9's ast
            return states.union(*(self._block(case.body, states) for case in getattr(node, "cases")))  # noqa: B009
        return self._apply(node, states)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, states: frozenset[State]) -> frozenset[State]:
        header = node.test if isinstance(node, ast.While) else node.iter
        endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
        self._breaks.append(set())
        self._continues.append(set())
        at_header = self._apply(header, states)
        for _ in range(self._rounds):
            end_of_body = self._block(node.body, at_header) | self._continues[-1]
            grown = at_header | self._apply(header, frozenset(end_of_body))
            if grown == at_header:
                break
            at_header = grown
        self._continues.pop()
        broken = frozenset(self._breaks.pop())
        finished = frozenset() if endless else self._block(node.orelse, at_header)
        return finished | broken

    def _try(self, node: ast.Try, states: frozenset[State]) -> frozenset[State]:
        self._seen.append(set(states))
        after_body = self._block(node.body, states)
        anywhere = frozenset(self._seen.pop())
        after = self._block(node.orelse, after_body)
        for handler in node.handlers:
            after |= self._block(handler.body, anywhere)
        return self._block(node.finalbody, after) if node.finalbody else after


def statements_after(function: FunctionNode, statement: ast.stmt) -> list[ast.stmt]:
    """Return what of *function* may run after *statement*: the statements behind it, and again those of a loop."""
    parents = parent_map(function)
    found: list[ast.stmt] = []
    current: ast.AST = statement
    while current is not function:
        parent = parents[current]
        found += following(parent, current)
        if isinstance(parent, (ast.For, ast.AsyncFor, ast.While)):
            found.append(parent)
        if isinstance(parent, ast.Try):
            found += [*parent.orelse, *parent.finalbody]
        current = parent
    return found
