"""Take imports out of functions, where they have lost their use: those of the file are settled elsewhere."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Callable

import libcst as cst

from asyncore_codemods.nodes import walk
from asyncore_codemods.rewrite.aliases import alias_targets, separated

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def drop_local_imports(text: str, goes: Callable[[str, str], bool]) -> str:
    """Return *text* without what functions import and *goes* says: it is given the dotted path, and the name."""
    if not any(_goes(statement, goes) for statement in _local_imports(ast.parse(text))):
        return text
    return cst.parse_module(text).visit(_Dropper(goes)).code


def _local_imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in walk(tree):
        if isinstance(node, _FUNCTIONS):
            yield from (s for s in node.body if isinstance(s, (ast.Import, ast.ImportFrom)))


def _goes(statement: ast.Import | ast.ImportFrom, goes: Callable[[str, str], bool]) -> bool:
    prefix = ""
    if isinstance(statement, ast.ImportFrom):
        prefix = "." * statement.level + (statement.module or "") + "."
    return any(goes(prefix + alias.name, alias.asname or alias.name) for alias in statement.names)


class _Dropper(cst.CSTTransformer):
    def __init__(self, goes: Callable[[str, str], bool]) -> None:
        self.goes = goes

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> Any:
        block = updated_node.body
        if isinstance(block, cst.IndentedBlock):
            statements: list[Any] = list(block.body)
            kept = _settled(statements, [self._left_of(statement) for statement in statements])
            is_same = len(kept) == len(statements) and all(new is old for new, old in zip(kept, statements))
            body: Any = block.with_changes(body=kept or [cst.SimpleStatementLine([cst.Pass()])])
        else:  # def f(): import asyncore
            assert isinstance(block, cst.SimpleStatementSuite)
            body = self._left_of(block)
            is_same = body is block
            body = block.with_changes(body=[cst.Pass()]) if body is None else body
        return updated_node if is_same else updated_node.with_changes(body=body)

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
