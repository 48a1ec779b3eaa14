"""A base class's constructor that is called with a socket where there is one, and without one where there is none.

    if sock:
        async_chat.__init__(self, sock)
    else:
        async_chat.__init__(self)

The first call would do in either case: without a socket, the base class is given None.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncore_codemods.nodes import is_none
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition
    from asyncore_codemods.model.uses import Use


@dataclass(frozen=True)
class EitherCall:
    """The call that does for both, as if it stood in the place of the whole `if`, and the other one."""

    call: Use
    other: Use
    choice: Place  # the `if`
    kept: Place  # the statement of the call


def read_either_call(definition: Definition, calls: Sequence[Use]) -> EitherCall | None:
    """Return the two *calls* of a constructor's base class as one, None if they are not such a pair."""
    if len(calls) != 2 or any(not call.alone or call.deferred for call in calls):
        return None
    span = definition.module.source.span
    for statement in definition.function.body:
        if not isinstance(statement, ast.If) or len(statement.body) != 1 or len(statement.orelse) != 1:
            continue
        name = asked_name(statement.test)
        branches = [span(statement.body[0]), span(statement.orelse[0])]
        if not name or [call.statement for call in calls] != branches:
            continue
        call, other = calls
        rest = [given for given in call.arguments if given.text != name]
        same = [(given.keyword, given.text) for given in rest]
        given_else = [(g.keyword, g.text) for g in other.arguments if not (g.is_constant and g.constant is None)]
        if len(rest) == len(call.arguments) - 1 and same == given_else:
            whole = definition.place(statement)
            return EitherCall(replace(call, statement=whole.span), other, whole, Place(whole.path, call.statement))
    return None


def asked_name(test: ast.expr) -> str:
    """Return the name of which a test asks whether there is something, "" if it asks for anything else."""
    if isinstance(test, ast.Name):
        return test.id
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and len(test.ops) == 1:
        against = test.comparators[0]
        if is_none(against) and isinstance(test.ops[0], ast.IsNot):
            return test.left.id
    return ""


def missed_name(test: ast.expr) -> str:
    """Return the name of which a test asks whether there is nothing, "" if it asks for anything else."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Name):
        return test.operand.id
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Is):
        return asked_name(ast.Compare(test.left, [ast.IsNot()], test.comparators))
    return ""
