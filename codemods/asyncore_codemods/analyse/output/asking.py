"""Predicates that ask whether there is something in a buffer, and nothing else.

`len(self.out) > 0` asks that; `len(self.out) > 100` waits for more, and `not self.out` asks for the opposite.
"""

from __future__ import annotations

import ast

from asyncore_codemods.analyse.families.hierarchies import Definition
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import self_attribute, significant
from asyncore_codemods.nodes import walk

_SOME = {"Gt": (0,), "NotEq": (0, b"", ""), "GtE": (1,)}
_CONNECTED, _CONNECTING = "connected", "connecting"


def asks_for(definition: Definition, attribute: str, inherited: str = "") -> bool:
    """Tell whether a predicate is true where self.*attribute* is, perhaps only on a connection, or without one.

    Without a buffer, whose name is "" then, it may ask for the connection alone. *inherited* is how it calls the
    one of its base class, which asks for the same.
    """
    if inherited and attribute:
        definition = _answered(definition, inherited, attribute)
    body = significant(definition.function.body)
    if len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value is not None:
        return _asks(body[0].value, definition.self_name, attribute)
    if body and isinstance(body[0], ast.If) and len(body) == 2 and not body[0].orelse:
        first, last = significant(body[0].body), body[1]
        answers = [_answer(first[0]) if len(first) == 1 else None, _answer(last)]
        return answers == [True, False] and _asks(body[0].test, definition.self_name, attribute)
    return False


def asked_for(definition: Definition, *, connects: bool = False) -> str:
    """Return the attribute that a predicate asks for, "" if it does anything else.

    A client that *connects* may ask for its connection as well.
    """
    names = {self_attribute(node, definition.self_name) or "" for node in walk(definition.function)}
    names -= {"", _CONNECTED} if connects else {""}
    return next((name for name in names if len(names) == 1 and asks_for(definition, name)), "")


def calls_of_base(definition: Definition, name: str) -> str:
    """Return how a method calls the one of this *name* that another class of the project has for its base."""
    own = definition.self_name
    bases = [one for one in definition.entry.lineage() if one is not definition.entry]
    calls = [f"super().{name}()"] if len(definition.entry.bases) == 1 else []
    calls += [f"{base.name}.{name}({own})" for base in bases]
    has_one = any(method.name == name for base in bases for method in methods_of(base.node))
    text = ast.unparse(definition.function)
    return next((call for call in calls if has_one and call in text), "")


def _answered(definition: Definition, call: str, attribute: str) -> Definition:
    """Return a predicate in which the base class's has the answer that it gives itself."""
    text = ast.unparse(definition.function).replace(call, f"{definition.self_name}.{attribute}")
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    return Definition(definition.entry, function)


def _answer(statement: ast.stmt) -> bool | None:
    if not isinstance(statement, ast.Return):
        return None
    if statement.value is None:
        return False
    return bool(statement.value.value) if isinstance(statement.value, ast.Constant) else None


def _asks(node: ast.expr, own: str, attribute: str) -> bool:
    if _is_connection(node, own, negated=False) or (not attribute and _is_connection(node, own, negated=True)):
        return True
    if isinstance(node, ast.BoolOp) and len(node.values) == 2:
        either = isinstance(node.op, ast.Or)
        return any(
            _is_connection(one, own, negated=either) and _asks(other, own, attribute)
            for one, other in (node.values, node.values[::-1])
        )
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.comparators[0], ast.Constant):
        wanted, value = _SOME.get(type(node.ops[0]).__name__, ()), node.comparators[0].value
        of_length = isinstance(node.left, ast.Call)
        return value in wanted and isinstance(value, int) is of_length and _is_it(node.left, own, attribute)
    return _is_it(node, own, attribute)


def _is_connection(node: ast.expr, own: str, *, negated: bool) -> bool:
    return is_unconnected(node, own) if negated else self_attribute(node, own) == _CONNECTED


def is_unconnected(node: ast.expr, own: str) -> bool:
    """Tell whether *node* is true as long as there is no connection, and only then."""
    is_not = isinstance(node, ast.UnaryOp) and self_attribute(node.operand, own) == _CONNECTED
    return is_not or self_attribute(node, own) == _CONNECTING


def _is_it(node: ast.expr, own: str, attribute: str) -> bool:
    """Tell whether *node* is the buffer, its length, or its truth."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return node.func.id in ("len", "bool") and self_attribute(node.args[0], own) == attribute
    return self_attribute(node, own) == attribute or asks_box(node, own, attribute)


def asks_box(node: ast.expr, own: str, attribute: str) -> bool:
    """Tell whether *node* is true where there is something in the queue.Queue that is the attribute."""
    box = f"{own}.{attribute}"
    size = f"{box}.qsize()"
    return ast.unparse(node) in (f"not {box}.empty()", size, f"{size} > 0", f"{size} != 0")
