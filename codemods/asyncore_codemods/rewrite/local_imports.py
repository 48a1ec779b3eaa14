"""Take imports out of blocks where they have lost their use; those of the file are settled elsewhere.

A `try` around them goes too, if there is nothing left that could fail; and an `if` in which nothing is left, if its
test does nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Callable, cast

import libcst as cst

from asyncore_codemods.nodes import walk
from asyncore_codemods.rewrite.aliases import alias_targets, separated

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOES = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


def drop_local_imports(text: str, goes: Callable[[str, str], bool]) -> str:
    """Return *text* without what blocks import and *goes* says: it is given the dotted path, and the name."""
    if not any(_goes(statement, goes) for statement in _local_imports(ast.parse(text))):
        return text
    code = cst.parse_module(text).visit(_Dropper(goes)).code
    return code if text.startswith("\n") else code.lstrip("\n")


def _local_imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in walk(tree, (ast.Import, ast.ImportFrom)):
        if node not in tree.body:
            yield node


def _goes(statement: ast.Import | ast.ImportFrom, goes: Callable[[str, str], bool]) -> bool:
    prefix = ""
    if isinstance(statement, ast.ImportFrom):
        prefix = "." * statement.level + (statement.module or "") + "."
    return any(goes(prefix + alias.name, alias.asname or alias.name) for alias in statement.names)


class _Dropper(cst.CSTTransformer):
    def __init__(self, goes: Callable[[str, str], bool]) -> None:
        self.goes = goes

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> Any:
        statements: list[Any] = list(updated_node.body)
        kept = _settled(statements, [self._left_of(statement) for statement in statements])
        if len(kept) == len(statements) and all(new is old for new, old in zip(kept, statements)):
            return updated_node
        return updated_node.with_changes(body=kept or [cst.SimpleStatementLine([cst.Pass()])])

    def leave_SimpleStatementSuite(  # def f(): import asyncore
        self, original_node: cst.SimpleStatementSuite, updated_node: cst.SimpleStatementSuite
    ) -> Any:
        left = self._left_of(updated_node)
        return updated_node.with_changes(body=[cst.Pass()]) if left is None else left

    def leave_Try(self, original_node: cst.Try, updated_node: cst.Try) -> Any:
        after = list(updated_node.body.body)
        is_same = updated_node.body is original_node.body or updated_node.body.deep_equals(original_node.body)
        if is_same or updated_node.finalbody is not None or any(not _is_plain(one) for one in after):
            return updated_node
        kept = [one for one in after if not _is_pass(one)]
        kept += list(updated_node.orelse.body.body) if updated_node.orelse is not None else []
        return cst.FlattenSentinel(cast("Any", kept)) if kept else cst.RemoveFromParent()

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> Any:
        if updated_node.deep_equals(original_node) or not _does_nothing(updated_node.test):
            return updated_node
        rest = updated_node.orelse
        if isinstance(rest, cst.Else) and all(map(_is_pass, _statements(rest))):
            updated_node, rest = updated_node.with_changes(orelse=None), None
        if rest is None and all(map(_is_pass, _statements(updated_node))):
            return cst.RemoveFromParent()
        return updated_node

    def _left_of(self, statement: Any) -> Any:
        """Return a line of statements without the imports that go, None if nothing is left."""
        if not isinstance(statement, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            return statement
        small: list[cst.BaseSmallStatement] = []
        for one in statement.body:
            if not isinstance(one, (cst.Import, cst.ImportFrom)) or isinstance(one.names, cst.ImportStar):
                small.append(one)
                continue
            kept = [alias for target, name, alias in alias_targets(one) if not self.goes(target, name)]
            if len(kept) == len(one.names):
                small.append(one)
            elif kept:
                small.append(one.with_changes(names=separated(kept)))
        if len(small) == len(statement.body) and all(new is old for new, old in zip(small, statement.body)):
            return statement
        if not small:
            return None
        small[-1] = small[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        return statement.with_changes(body=small)


def _settled(old: list[Any], left: list[Any]) -> list[Any]:
    """Return what is *left*, with the comments of what went, and no blank line at the start of the function."""
    kept: list[Any] = []
    comments: list[cst.EmptyLine] = []
    for before, statement in zip(old, left):
        if statement is None:
            comments += [line for line in before.leading_lines if line.comment]
            continue
        lines = list(statement.leading_lines)
        if not kept and statement is not old[0]:
            lines = [line for line in lines if line.comment]
        is_same = not comments and len(lines) == len(statement.leading_lines)
        kept.append(statement if is_same else statement.with_changes(leading_lines=[*comments, *lines]))
        comments = []
    return kept


def _statements(node: cst.If | cst.Else) -> list[Any]:
    """Return what a branch does; what stands on the line of its header is one statement."""
    return list(node.body.body) if isinstance(node.body, cst.IndentedBlock) else [node.body]


def _does_nothing(test: cst.BaseExpression) -> bool:
    """Tell whether a test has no effects, as far as anybody would notice: `sys.version_info[0] >= 3`."""
    node = ast.parse(cst.Module([]).code_for_node(test).strip(), mode="eval")
    return not any(isinstance(one, _DOES) and not _asks(one) for one in ast.walk(node))


def _asks(node: ast.AST) -> bool:
    """Tell whether a call is one of a text's methods that only look at it."""
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in ("startswith", "endswith")


def _is_pass(statement: cst.CSTNode) -> bool:
    is_line = isinstance(statement, (cst.SimpleStatementLine, cst.SimpleStatementSuite))
    return is_line and all(isinstance(small, cst.Pass) for small in cast("Any", statement).body)


def _is_plain(statement: cst.CSTNode) -> bool:
    """Tell whether nothing can fail in a statement: `pass`, or `available = True`."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    plain = (cst.Name, cst.SimpleString, cst.Integer)
    return all(
        isinstance(small, cst.Pass)
        or (
            isinstance(small, cst.Assign)
            and isinstance(small.value, plain)
            and all(isinstance(target.target, cst.Name) for target in small.targets)
        )
        for small in statement.body
    )
