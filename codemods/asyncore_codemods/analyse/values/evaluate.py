"""Evaluate expressions of a program as far as their values are known, to learn what a piece of code comes to.

Known are constants and what plain operations make of them; everything else is UNKNOWN, which is no error as long as
the operation could not fail. What could fail, or could do more than compute a value, raises NotPlainError.
"""

from __future__ import annotations

import ast
import operator
import struct
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN: Any = type("Unknown", (), {"__repr__": lambda _self: "UNKNOWN"})()

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (bool, bytes, bytearray, enumerate, int, len, list, max, min, range, repr, str, tuple)
}
_SAFE_FUNCTIONS = ("bool", "len", "repr")  # with arguments that are not known, too
_METHODS = frozenset(
    [
        "count", "decode", "encode", "endswith", "find", "hex", "isdigit", "isspace", "join", "lower", "lstrip",
        "partition", "replace", "rfind", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith",
        "strip", "title", "upper",
    ]
)  # fmt: skip
_SAFE_METHODS = _METHODS - {"decode", "encode", "join"}
ORDER: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {
    **ORDER,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
}
_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Mod: operator.mod,
}


class NotPlainError(Exception):
    """An expression can fail, or do something, as far as can be told."""


class Evaluator:
    """Evaluates expressions; *attributes* are what is known of the object, *outer* the names around the method."""

    def __init__(
        self, own: str, attributes: Mapping[str, Any], outer: Callable[[ast.expr], ast.expr | None] = lambda _: None
    ) -> None:
        self.own = own
        self.attributes = attributes
        self.outer = outer  # the expression that a global name stands for, if it has only one

    def value(self, node: ast.expr, names: Mapping[str, Any]) -> Any:
        """Return the value of *node* where *names* are known, or UNKNOWN."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise NotPlainError(ast.dump(node))
        return method(node, names)

    def _constant(self, node: ast.Constant, _names: Mapping[str, Any]) -> Any:
        return node.value

    def _name(self, node: ast.Name, names: Mapping[str, Any]) -> Any:
        if node.id in names:
            return names[node.id]
        meant = self.outer(node)
        return UNKNOWN if meant is None else self.value(meant, {})

    def _attribute(self, node: ast.Attribute, names: Mapping[str, Any]) -> Any:
        if isinstance(node.value, ast.Name) and node.value.id == self.own:
            return self.attributes.get(node.attr, UNKNOWN)
        if node.attr == "size" and isinstance(node.value, (ast.Name, ast.Attribute)):
            layout = self._layout(self.outer(node.value))
            if layout is not None:
                return struct.calcsize(layout)
        value = node.value
        while isinstance(value, ast.Attribute):
            value = value.value
        if not isinstance(value, ast.Name) or value.id in names:
            raise NotPlainError(ast.dump(node))
        return UNKNOWN

    @staticmethod
    def _layout(made: ast.expr | None) -> str | None:
        """Return the format of struct.Struct(...)."""
        if isinstance(made, ast.Call) and ast.unparse(made.func) in ("struct.Struct", "Struct") and made.args:
            given = made.args[0]
            return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None
        return None

    def _call(self, node: ast.Call, names: Mapping[str, Any]) -> Any:
        if node.keywords:
            raise NotPlainError(ast.dump(node))
        func = node.func
        given = [self.value(argument, names) for argument in node.args]
        known = not any(value is UNKNOWN for value in given)
        if isinstance(func, ast.Name) and func.id in _FUNCTIONS and func.id not in names:
            if known:
                return self._compute(lambda: _FUNCTIONS[func.id](*given))
            if func.id in _SAFE_FUNCTIONS:
                return UNKNOWN
        elif ast.unparse(func) in ("struct.calcsize", "calcsize") and known:
            return self._compute(lambda: struct.calcsize(*given))
        elif isinstance(func, ast.Attribute) and func.attr in _METHODS:
            receiver = self.value(func.value, names)
            if receiver is not UNKNOWN and known:
                return self._compute(lambda: getattr(receiver, func.attr)(*given))
            if receiver is UNKNOWN and func.attr in _SAFE_METHODS:
                return UNKNOWN
        raise NotPlainError(ast.dump(node))

    @staticmethod
    def _compute(make: Callable[[], Any]) -> Any:
        try:
            return make()
        except Exception as error:
            raise NotPlainError(repr(error)) from error

    def _compare(self, node: ast.Compare, names: Mapping[str, Any]) -> Any:
        values = [self.value(operand, names) for operand in (node.left, *node.comparators)]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        return self._compute(
            lambda: all(_COMPARISONS[type(op)](a, b) for op, a, b in zip(node.ops, values, values[1:]))
        )

    def _boolop(self, node: ast.BoolOp, names: Mapping[str, Any]) -> Any:
        decides = isinstance(node.op, ast.Or)  # the truth that ends it
        result: Any = not decides
        for operand in node.values:
            value = self.value(operand, names)
            if value is UNKNOWN:
                result = UNKNOWN
            elif bool(value) is decides:
                return UNKNOWN if result is UNKNOWN and not isinstance(value, bool) else value
            elif result is not UNKNOWN:
                result = value
        return result

    def _unaryop(self, node: ast.UnaryOp, names: Mapping[str, Any]) -> Any:
        value = self.value(node.operand, names)
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(node.op, ast.Not):
            return not value
        if isinstance(node.op, ast.USub):
            return self._compute(lambda: -value)
        raise NotPlainError(ast.dump(node))

    def _binop(self, node: ast.BinOp, names: Mapping[str, Any]) -> Any:
        left, right = self.value(node.left, names), self.value(node.right, names)
        compute = _BINARY.get(type(node.op))
        if compute is None:
            raise NotPlainError(ast.dump(node))
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        return self._compute(lambda: compute(left, right))

    def _subscript(self, node: ast.Subscript, names: Mapping[str, Any]) -> Any:
        value = self.value(node.value, names)
        if isinstance(node.slice, ast.Slice):
            bounds = [
                self.value(bound, names) if bound is not None else None
                for bound in (node.slice.lower, node.slice.upper, node.slice.step)
            ]
            if value is UNKNOWN or any(bound is UNKNOWN for bound in bounds):
                return UNKNOWN
            return self._compute(lambda: value[slice(*bounds)])
        index = self.value(node.slice, names)
        if value is UNKNOWN or index is UNKNOWN:
            raise NotPlainError(ast.dump(node))
        return self._compute(lambda: value[index])

    def _ifexp(self, node: ast.IfExp, names: Mapping[str, Any]) -> Any:
        test = self.value(node.test, names)
        if test is UNKNOWN:
            self.value(node.body, names)
            self.value(node.orelse, names)
            return UNKNOWN
        return self.value(node.body if test else node.orelse, names)

    def _tuple(self, node: ast.Tuple | ast.List, names: Mapping[str, Any]) -> Any:
        values = [self.value(element, names) for element in node.elts]
        return UNKNOWN if any(value is UNKNOWN for value in values) else values

    _list = _tuple

    def _joinedstr(self, node: ast.JoinedStr, names: Mapping[str, Any]) -> Any:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                if part.format_spec is not None:
                    raise NotPlainError(ast.dump(node))
                self.value(part.value, names)
        return UNKNOWN
