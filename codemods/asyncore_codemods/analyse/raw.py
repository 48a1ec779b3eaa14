"""Dispatchers that read by hand: handle_read() with one recv().

recv() returns b"" at the end of a connection, *after* it has run handle_close(); streams code is not called then.
What handle_read() does with an empty piece is found out by empty_piece.py.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.empty_piece import AtEnd, read_at_end
from asyncore_codemods.analyse.syntax import (
    catches_socket_errors,
    is_length_of,
    is_self_attribute,
    parent_map,
    significant,
    statement_around,
)
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Delivery, InputIdiom, Reason, Replacement
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.outside import OutsideUse

_SIZE = "65536"


@dataclass
class RawInput(InputIdiom):
    """How handle_read() gets its data: the size it asks for, as an expression that any method can evaluate."""

    size: str = _SIZE
    at_end: bool = False  # it does something with the empty data that ends a connection, too
    may_fail: bool = False  # which may raise, and end in the author's hooks


def read_raw_input(hierarchy: Hierarchy, outside: list[OutsideUse]) -> RawInput | Reason:
    """Return how the classes of *hierarchy* read, or why that is not understood."""
    defined = hierarchy.methods.get("handle_read", [])
    if not defined:
        top = hierarchy.top
        place = Place(str(top.module.path), top.module.source.span(top.node))
        return Reason(Code.DISPATCHER, "does not define handle_read()", place)
    idiom = RawInput(Delivery.PIECES)
    readers = [_Reader(hierarchy, definition, outside) for definition in defined]
    for reader in readers:
        problem = reader.understand()
        if problem is not None:
            return problem
    sizes = {reader.size for reader in readers}
    if len(sizes) > 1:
        return Reason(Code.DISPATCHER, "reads pieces of different sizes", defined[0].place(defined[0].function))
    idiom.size = sizes.pop()
    idiom.at_end = any(reader.at_end is AtEnd.SHOWS for reader in readers)
    idiom.may_fail = any(reader.may_fail for reader in readers)
    wished = {reader.wished for reader in readers}
    candidates = [*(wished if len(wished) == 1 else ()), "data", "received", "piece"]
    idiom.parameter = next(name for name in candidates if name and all(reader.accepts(name) for reader in readers))
    for reader in readers:
        reader.rewrite(idiom)
    return idiom


class _Reader:
    """One definition of handle_read()."""

    def __init__(self, hierarchy: Hierarchy, definition: Definition, outside: list[OutsideUse]) -> None:
        self.hierarchy = hierarchy
        self.outside = outside
        self.at_end = AtEnd.UNCLEAR
        self.may_fail = False
        self.definition = definition
        self.function = definition.function
        self.own = definition.self_name
        self.parents = parent_map(self.function)
        self.size = _SIZE
        self.wished = ""

    def understand(self) -> Reason | None:
        """Find the one recv() of the method; return a reason if there is none in the usual place."""
        calls = [
            node
            for node in walk(self.function)
            if isinstance(node, ast.Call) and is_self_attribute(node.func, self.own, "recv")
        ]
        if isinstance(self.function, ast.AsyncFunctionDef) or len(self.function.args.args) != 1:
            return self._reason(self.function, "handle_read() is a coroutine or takes arguments")
        if len(calls) != 1:
            return self._reason(self.function, "handle_read() does not call recv() exactly once")
        self.call = calls[0]
        self.statement = statement_around(self.call, self.parents)
        self.whole = self._without_try(self.statement)
        body = self._body()
        if not body or body[0] is not self.statement or not _begins_with(self.statement, self.call):
            return self._reason(self.call, "handle_read() does not begin with recv()")
        if len(self.call.args) != 1 or self.call.keywords or not self._is_stable(self.call.args[0]):
            return self._reason(self.call, "recv() is called with a size that run() could not know")
        self.size = self.definition.module.source.segment(self.call.args[0])
        if isinstance(self.statement, ast.Assign) and isinstance(self.statement.targets[0], ast.Name):
            self.wished = self.statement.targets[0].id if self.statement.value is self.call else ""
        self.at_end = read_at_end(self.hierarchy, self.definition, self.call, self.outside)
        hooks = ("handle_close", "handle_error", "close")
        if self.at_end is AtEnd.UNCLEAR and not any(map(self.hierarchy.overrides, hooks)):
            self.at_end = AtEnd.SHOWS  # it may fail as well: that would run no hook of the author's again
        if self.at_end is AtEnd.UNCLEAR and not self._may_send():
            self.at_end = AtEnd.SHOWS
            self.may_fail = True
        if self.at_end is AtEnd.UNCLEAR:
            message = 'handle_read() does not check for b"", and goes on with it when the connection has ended'
            return self._reason(self.call, message)
        return None

    def _may_send(self) -> bool:
        """Tell whether handle_read() may come to send(), which on a closed socket runs handle_close() again."""
        called = any(use.name == "send" and use.may_be(self.hierarchy.names) for use in self.outside)
        return called or self.hierarchy.mentions(("send",), "handle_read")

    def _without_try(self, statement: ast.stmt) -> ast.stmt:
        """Return the `try` around nothing but *statement*, whose handlers never run, or the statement.

        recv() deals itself with every error that a connection can end with.
        """
        outer = self.parents[statement]
        named = isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
        if (
            not isinstance(outer, ast.Try)
            or outer.body != [statement]
            or outer.orelse
            or outer.finalbody
            or not named
        ):
            return statement
        return outer if catches_socket_errors(outer) else statement

    def _body(self) -> list[ast.stmt]:
        body = [s for s in significant(self.function.body) if not isinstance(s, (ast.Global, ast.Nonlocal))]
        return [self.statement if s is self.whole else s for s in body]

    def _reason(self, node: ast.AST, message: str) -> Reason:
        return Reason(Code.DISPATCHER, message, self.definition.place(node))

    def _is_stable(self, size: ast.expr) -> bool:
        """Tell whether *size* means the same in another method: no variables of this one."""
        local = {n.id for n in walk(self.function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        return not any(
            isinstance(node, ast.Call) or (isinstance(node, ast.Name) and node.id in local) for node in walk(size)
        )

    def accepts(self, name: str) -> bool:
        """Tell whether the piece can be called *name* in this method."""
        if name == self.wished:
            return True
        return not any(isinstance(node, ast.Name) and node.id == name for node in walk(self.function))

    def rewrite(self, idiom: RawInput) -> None:
        """Record what must change in this method."""
        place = self.definition.place
        if self.wished == idiom.parameter:
            idiom.removed.append(place(self.whole))
            if not idiom.at_end:
                self._drop_guard(idiom)
        else:
            idiom.replaced.append(Replacement(place(self.call), idiom.parameter))

    def _drop_guard(self, idiom: RawInput) -> None:
        """Take away a check for the empty piece, which does not come any more."""
        place = self.definition.place
        body = self._body()
        guard = body[1] if len(body) > 1 else None
        if not isinstance(guard, ast.If):
            return
        if _means_none(guard.test, self.wished) and not guard.orelse:
            idiom.removed.append(place(guard))
        elif len(body) == 2 and _means_some(guard.test, self.wished) and not isinstance(guard.test, ast.BoolOp):
            idiom.unwrapped.append(place(guard))
            idiom.removed += [place(statement) for statement in guard.orelse]


def _begins_with(statement: ast.stmt, call: ast.Call) -> bool:
    """Tell whether a statement evaluates *call* once, before it does anything else."""
    if isinstance(statement, ast.For):
        return any(node is call for node in walk(statement.iter))
    return isinstance(statement, (ast.Assign, ast.AugAssign, ast.Expr))


def _means_some(test: ast.expr, name: str) -> bool:
    """Tell whether *test* is true only if the piece is not empty."""
    if isinstance(test, ast.Name):
        return test.id == name
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return _means_some(test.values[0], name)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        is_length = is_length_of(left, name)
        constant = right.value if isinstance(right, ast.Constant) else object()
        if is_length:
            return (isinstance(test.ops[0], (ast.Gt, ast.NotEq)) and constant == 0) or (
                isinstance(test.ops[0], ast.GtE) and constant == 1
            )
        is_name = isinstance(left, ast.Name) and left.id == name
        return is_name and isinstance(test.ops[0], ast.NotEq) and constant == b""
    return is_length_of(test, name)


def _means_none(test: ast.expr, name: str) -> bool:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _means_some(test.operand, name)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        constant = test.comparators[0].value if isinstance(test.comparators[0], ast.Constant) else object()
        if is_length_of(test.left, name):
            return constant == 0
        return isinstance(test.left, ast.Name) and test.left.id == name and constant == b""
    return False
