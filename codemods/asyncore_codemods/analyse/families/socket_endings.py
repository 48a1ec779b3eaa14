"""Statements that end the socket itself, right in front of the close() that ends the channel.

`self.socket.shutdown(2)` and `self.socket.close()` say to the peer what close() says anyway. They go with it, and
with the `try` that lets an error of theirs pass: StreamWriter.close() never raises. In handle_close() a shutdown()
without such a `try` is a reason as before: where the peer had reset the connection it raised, and ended the loop.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import is_self_attribute, last_name, own_statements, self_name, suites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index.modules import FunctionNode

_ENDS = (1, 2, "SHUT_WR", "SHUT_RDWR")
_PASSED_OVER = {"OSError", "error", "IOError", "Exception", "EnvironmentError"}


def socket_endings(function: FunctionNode) -> Iterator[ast.stmt]:
    """Yield the statements of *function* that need not be there, since a close() follows them."""
    own = self_name(function)
    may_raise = function.name not in ("close", "handle_close")
    for block in [function.body, *(s for one in own_statements(function.body) for s in suites(one))]:
        for index, statement in enumerate(block):
            if own and _closes(statement, own):
                for before in reversed(block[:index]):
                    if not _ends_socket(before, own, may_raise=may_raise):
                        break
                    yield before


def _closes(statement: ast.stmt, own: str) -> bool:
    """Tell whether a statement is `self.close()`, or calls that of a base class."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    func, given = statement.value.func, statement.value.args
    if not isinstance(func, ast.Attribute) or func.attr != "close":
        return False
    is_super = isinstance(func.value, ast.Call) and last_name(func.value.func) == "super"
    is_base = len(given) == 1 and last_name(given[0]) == own
    return is_self_attribute(func, own, "close") or is_super or is_base


def _ends_socket(statement: ast.stmt, own: str, *, may_raise: bool) -> bool:
    if isinstance(statement, ast.Expr):
        return _is_ending(statement.value, own, may_raise=may_raise)
    if isinstance(statement, ast.Try):
        passed = all(_passes(handler) for handler in statement.handlers)
        passed = passed and bool(statement.handlers) and not statement.orelse and not statement.finalbody
    elif isinstance(statement, ast.With) and len(statement.items) == 1:
        manager = statement.items[0].context_expr
        passed = isinstance(manager, ast.Call) and last_name(manager.func) == "suppress"
        passed = passed and all(last_name(kind) in _PASSED_OVER for kind in manager.args)  # type: ignore[attr-defined]
    else:
        return False
    return passed and all(
        isinstance(one, ast.Expr) and _is_ending(one.value, own, may_raise=True) for one in statement.body
    )


def _is_ending(node: ast.expr, own: str, *, may_raise: bool) -> bool:
    """Tell whether an expression is `self.socket.close()`, or a shutdown() that ends what we send."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.keywords:
        return False
    if not is_self_attribute(node.func.value, own, "socket"):
        return False
    if node.func.attr == "close":
        return not node.args
    how = node.args[0] if len(node.args) == 1 else None
    ends = how is not None and (getattr(how, "value", None) in _ENDS or last_name(how) in _ENDS)
    return node.func.attr == "shutdown" and ends and may_raise


def _passes(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler lets the errors of a socket pass, and does nothing."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    known = all(kind is None or last_name(kind) in _PASSED_OVER for kind in kinds)
    return known and all(isinstance(statement, ast.Pass) for statement in handler.body)
