"""What stands around accept(): a `try`, and checks for the connection that is not there after all.

asyncio hands a connection over only once there is one. So a method is read as what it comes to then:
`try: pair = self.accept()` with an `else` as the two in a row, `if pair := self.accept():` as the assignment
with the `if` behind it, and `sock, addr = self.accept() or (None, None)` without what is for no connection.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.input.predicates import LOGS
from asyncore_codemods.analyse.values.syntax import is_self_attribute, last_name, significant
from asyncore_codemods.nodes import is_none, with_body

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import FunctionNode

_SAYING = LOGS | {"print", "log_info"}


@dataclass
class Flat:
    """A method without what stood around accept(): statements that only their bodies stay of, and made up ones."""

    function: FunctionNode
    unwrapped: list[ast.stmt] = field(default_factory=list)
    made_up: list[ast.stmt] = field(default_factory=list)


def flattened(function: FunctionNode, own: str) -> Flat | None:
    """Return *function*, whose first parameter is *own*, as it is to be read, None if that is as it stands."""
    flat = Flat(function)
    body: list[ast.stmt] = []
    for statement in function.body:
        named = _named_in(statement, own)
        if isinstance(statement, ast.Try) and _only_accepts(statement, own):
            flat.unwrapped.append(statement)
            body += [*statement.body, *statement.orelse]
        elif named is not None and isinstance(statement, ast.If):
            assigned = ast.copy_location(ast.Assign(targets=[named.target], value=named.value), named)
            flat.made_up.append(assigned)
            body += [assigned, _asking_for(statement, named)]
        elif isinstance(statement, ast.Assign) and (there := _if_there(statement.value, own)) is not None:
            body.append(ast.copy_location(ast.Assign(targets=statement.targets, value=there), statement))
        else:
            body.append(statement)
    if body == function.body:
        return None
    flat.function = with_body(function, body)
    return flat


def _only_accepts(node: ast.Try, own: str) -> bool:
    only = node.body[0] if len(node.body) == 1 and node.orelse and not node.finalbody else None
    value = only.value if isinstance(only, ast.Assign) else None
    return isinstance(value, ast.Call) and is_self_attribute(value.func, own, "accept")


def _named_in(statement: ast.stmt, own: str) -> ast.NamedExpr | None:
    """Return `pair := self.accept()` if *statement* asks for nothing else."""
    test = statement.test if isinstance(statement, ast.If) else None
    while isinstance(test, (ast.UnaryOp, ast.Compare)):
        test = test.operand if isinstance(test, ast.UnaryOp) else test.left
    value = test.value if isinstance(test, ast.NamedExpr) else None
    is_accept = isinstance(value, ast.Call) and is_self_attribute(value.func, own, "accept")
    return test if is_accept and isinstance(test, ast.NamedExpr) else None


def _if_there(value: ast.expr, own: str) -> ast.expr | None:
    """Return what *value* is if there is a connection, None if it is not `(None, None)` where there is none."""
    if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or) and len(value.values) == 2:
        there, otherwise = value.values
        is_pair = isinstance(there, ast.Name)
        is_pair = is_pair or (isinstance(there, ast.Call) and is_self_attribute(there.func, own, "accept"))
        return there if is_pair and _is_nothing(otherwise) else None
    if not isinstance(value, ast.IfExp):
        return None
    ways = {"some": (value.body, value.orelse), "none": (value.orelse, value.body)}
    for sense, (there, otherwise) in ways.items():
        asks = isinstance(there, ast.Name) and none_check(value.test, there.id) == sense
        if asks and _is_nothing(otherwise):
            return there
    return None


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Tuple) and [*map(ast.unparse, node.elts)] == ["None", "None"]


def _asking_for(check: ast.If, named: ast.NamedExpr) -> ast.If:
    """Return *check* with the name that *named* gives in its place."""

    def part(node: ast.expr) -> ast.expr:
        if node is named:
            return ast.copy_location(ast.Name(named.target.id, ast.Load()), named)
        if isinstance(node, ast.UnaryOp):
            return ast.copy_location(ast.UnaryOp(node.op, part(node.operand)), node)
        if isinstance(node, ast.Compare):
            return ast.copy_location(ast.Compare(part(node.left), node.ops, node.comparators), node)
        return node

    return ast.copy_location(ast.If(part(check.test), check.body, check.orelse), check)


def none_check(test: ast.expr, name: str) -> str:
    """Return "some" for a test that is true if *name* is not None, "none" for the opposite, else ""."""
    if isinstance(test, ast.Name) and test.id == name:
        return "some"
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return {"some": "none", "none": "some"}.get(none_check(test.operand, name), "")
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        is_name = isinstance(test.left, ast.Name) and test.left.id == name
        against = test.comparators[0]
        if is_name and is_none(against):
            if isinstance(test.ops[0], (ast.IsNot, ast.NotEq)):
                return "some"
            if isinstance(test.ops[0], (ast.Is, ast.Eq)):
                return "none"
    return ""


def gone_with_check(check: ast.If, name: str, *, is_last: bool) -> list[ast.stmt] | None:
    """Return what goes of an `if` that asks whether *name* is None, perhaps itself; None if it does more."""
    sense, says = none_check(check.test, name), only_says(check.body)
    if sense == "some" and not significant(check.orelse) and is_last:
        return []
    if sense == "none" and isinstance(check.body[-1], ast.Return) and not check.orelse and says:
        return [check]
    return significant(check.body) if sense == "none" and has_else(check) and says and is_last else None


def only_says(body: list[ast.stmt]) -> bool:
    """Tell whether a block does nothing but say that there was no connection after all, and leave."""
    for statement in significant(body):
        call = statement.value if isinstance(statement, ast.Expr) else None
        name = last_name(call.func) if isinstance(call, ast.Call) else ""
        is_return = isinstance(statement, ast.Return) and statement is body[-1]
        if name not in _SAYING and not is_return:
            return False
    return True


def has_else(check: ast.If) -> bool:
    """Tell whether an `if` has an `else`; an `elif` is none."""
    first = check.orelse[0] if check.orelse else check
    return first.col_offset != check.col_offset or (first is not check and not isinstance(first, ast.If))
