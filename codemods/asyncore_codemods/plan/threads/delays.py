"""What a thread could notice of its call being made a moment later, by the thread of the event loop.

A session's push() returns nothing, and nobody can tell when it did its work. Of an author's own methods the same is
true if they do nothing but push and keep what they are given, or if it is the last thing that the thread does.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import self_attribute, values_given
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy

_KEEPING = frozenset(
    {"append", "appendleft", "extend", "insert", "add", "discard", "remove", "pop", "popleft", "clear", "update"}
)
_FORMATTING = frozenset({"encode", "decode", "format", "join", "strip", "split", "upper", "lower", "replace"})
_FUNCTIONS = frozenset({"str", "bytes", "len", "repr", "int", "bool", "list", "tuple", "sorted"})
_CHANGING = _KEEPING | {"sort", "reverse", "setdefault", "write", "truncate", "seek"}


def waits_for_threads(entries: Iterable[ast.ClassDef]) -> bool:
    """Tell whether a method of a channel waits until a thread is done, which then cannot wait for the loop."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr in ("result", "wait") or (node.func.attr == "join" and _is_of_thread(node)))
        for entry in entries
        for node in walk(entry)
    )


def _is_of_thread(call: ast.Call) -> bool:
    given = values_given(call)
    is_number = len(given) == 1 and isinstance(given[0], ast.Constant)
    return not given or is_number or any(keyword.arg == "timeout" for keyword in call.keywords)


class Delays:
    """Judges calls of methods of *sessions*, of which *inherited* are asyncore's."""

    def __init__(self, sessions: Sequence[Hierarchy], inherited: Collection[str]) -> None:
        self.sessions = sessions
        self.inherited = inherited
        self.data = {
            write.name for h in sessions for m in h.members for write in h.facts[m.qualname].writes
        }  # attributes

    def are_noticed(self, function: ast.AST, ancestors: Sequence[ast.AST], statement: ast.Expr) -> bool:
        """Tell whether the *statement*, a call within *function*, may do its work a moment too late for that."""
        call = statement.value
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Attribute)
        if any(isinstance(node, ast.Try) and node.handlers for node in ancestors):
            return True  # errors would come out elsewhere
        if any(_may_change(function, arg) for arg in call.args):
            return True
        if call.func.attr in self.inherited and not self._is_own(call.func.attr):
            return False
        if any(isinstance(node, ast.With) for node in ancestors):
            return True  # a lock, which would not be held then
        if self._is_last(function, statement):
            return False
        reads = any(
            isinstance(node, ast.Attribute)
            and node.attr in self.data
            and ast.unparse(node.value) == ast.unparse(call.func.value)
            for node in walk(function)
        )
        return reads or not self._is_quiet(call.func.attr, set())

    @staticmethod
    def _is_last(function: ast.AST, statement: ast.stmt) -> bool:
        body = getattr(function, "body", [])
        return isinstance(body, list) and bool(body) and body[-1] is statement

    def _is_own(self, name: str) -> bool:
        return any(name in hierarchy.methods for hierarchy in self.sessions)

    def _is_quiet(self, name: str, seen: set[str]) -> bool:
        if name in seen:
            return True
        seen.add(name)
        found = [d for hierarchy in self.sessions for d in hierarchy.methods.get(name, ())]
        if not found:
            return name in self.inherited
        return all(self._does_little(definition, seen) for definition in found)

    def _does_little(self, definition: Definition, seen: set[str]) -> bool:
        own = definition.self_name
        for node in walk(definition.function):
            if isinstance(node, (ast.Global, ast.Nonlocal, ast.Raise)):
                return False
            stores = isinstance(node, ast.Attribute) and is_stored(node)
            if stores and self_attribute(node, own) is None:
                return False
            if isinstance(node, ast.Call) and not self._is_little(node, own, seen):
                return False
        return True

    def _is_little(self, call: ast.Call, own: str, seen: set[str]) -> bool:
        if isinstance(call.func, ast.Name):
            return call.func.id in _FUNCTIONS
        if not isinstance(call.func, ast.Attribute):
            return False
        name = self_attribute(call.func, own)
        if name is not None:
            return self._is_quiet(name, seen)
        keeps = call.func.attr in _KEEPING and self_attribute(call.func.value, own) is not None
        return keeps or call.func.attr in _FORMATTING or ast.unparse(call.func.value) == "super()"


def _may_change(function: ast.AST, given: ast.expr) -> bool:
    """Tell whether *function* changes what it hands on: `line.clear()`, `line[:] = b""`, `line += b"!"`."""
    if not isinstance(given, (ast.Name, ast.Attribute)):
        return False
    name = ast.unparse(given)
    for node in walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            changed = node.func.value if node.func.attr in _CHANGING else None
        elif isinstance(node, ast.AugAssign):
            changed = node.target
        elif isinstance(node, ast.Subscript) and is_stored(node):
            changed = node.value
        else:
            continue
        if changed is not None and ast.unparse(changed) == name:
            return True
    return False
