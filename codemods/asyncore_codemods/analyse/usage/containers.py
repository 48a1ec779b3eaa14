"""Lists, dictionaries and the like that a loop looks at, and the statements elsewhere that change them.

A container changes without being assigned, so every mention of it counts: what only reads is harmless, what changes
it is a write, and wherever it is handed on it may change unseen.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import name_called
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.references import Surroundings

_KINDS = frozenset({"list", "dict", "set", "deque", "OrderedDict", "defaultdict", "Counter"})
_LITERALS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
TAKING = frozenset({"pop", "popleft", "popitem", "remove", "discard", "clear"})
CHANGING = TAKING | {"append", "appendleft", "extend", "insert", "add", "update", "setdefault", "sort", "reverse"}
READING = frozenset({"get", "keys", "values", "items", "index", "count", "copy"})
_CHANGED_BY = frozenset({"heappush", "heappop", "heapify", "heapreplace", "heappushpop", "insort", "shuffle"})
_READ_BY = frozenset(
    {"len", "list", "tuple", "set", "sorted", "min", "max", "sum", "any", "all", "bool", "iter", "enumerate"}
    | {"reversed", "dict", "isinstance", "str", "repr", "print", "join", "dumps"}
)
_READERS = (
    *(ast.If, ast.While, ast.IfExp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.BinOp),
    *(ast.For, ast.FormattedValue),
)
_SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.Delete)


class UnseenError(Exception):
    """The container is handed on, so that it may change unseen."""


def is_container(node: ast.expr | None) -> bool:
    """Tell whether *node* makes a new container."""
    return isinstance(node, _LITERALS) or (isinstance(node, ast.Call) and name_called(node) in _KINDS)


def change_of(around: Surroundings, node: ast.Name | ast.Attribute) -> ast.stmt | None:
    """Return the statement in which *node*, a mention of a container, changes it; None if it does not.

    Raises UnseenError if that cannot be told, or if nothing can follow the statement.
    """
    statement = around.statement(node)
    if is_stored(node):
        return _simple(around.parents[node])
    ancestors = around.ancestors(node)
    if any(isinstance(outer, ast.Lambda) for outer in ancestors[: ancestors.index(statement)]):
        raise UnseenError  # it runs later
    parent = around.parents[node]
    outer = around.parents.get(parent)
    if isinstance(parent, ast.Attribute):
        is_call = isinstance(outer, ast.Call) and outer.func is parent
        if is_call and parent.attr in CHANGING:
            return _simple(statement)
        if not is_call or parent.attr not in READING:
            raise UnseenError
        return None
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return None if isinstance(parent.ctx, ast.Load) else _simple(statement)
    if isinstance(parent, ast.Call):
        name = name_called(parent)
        if name in _CHANGED_BY:
            return _simple(statement)
        if name not in _READ_BY:
            raise UnseenError
        return None
    if isinstance(parent, _READERS):
        return None
    if isinstance(parent, ast.comprehension) and parent.iter is node:
        return None
    raise UnseenError


def _simple(statement: ast.AST) -> ast.stmt:
    if not isinstance(statement, _SIMPLE):
        raise UnseenError
    return statement


def mentions_of(tree: ast.AST, name: str, *, is_attribute: bool) -> Iterator[ast.Name | ast.Attribute]:
    """Yield every mention of the attribute, or of the name, *name*."""
    for node in walk(tree):
        if isinstance(node, ast.Attribute):
            if is_attribute and node.attr == name:
                yield node
        elif isinstance(node, ast.Name) and not is_attribute and node.id == name:
            yield node
