"""close() follows push(), and drops what has not been sent.

push() sends what the kernel takes at once and queues the rest; close() throws the queue away. With a slow peer, or
much data, the end is missing.

## What to do

Call close_when_done() instead of close().
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import self_attribute, self_name, suites
from asyncore_codemods.codes import Code
from asyncore_codemods.misuse.families import defines
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView

CODE = Code.PUSH_CLOSE


_PUSHES = ("push", "push_with_producer")
_PLAIN = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Pass, ast.Delete)
_WAITS = ("initiate_send", "handle_write", "close_when_done", "sleep", "loop", "poll")


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield each close() that comes after a push() with nothing between that could send, if both are inherited."""
    if not view.is_chat or defines(view, "push", "close", "initiate_send"):
        return
    closes = ("close",) if defines(view, "handle_close") else ("close", "handle_close")
    for function in view.methods.values():
        own = self_name(function)
        for statement in walk(function):
            for block in suites(statement) if isinstance(statement, ast.stmt) else ():
                for close in _closes_after_push(block, own, closes):
                    yield close, "closes right after push(), which drops what has not been sent yet"


def _closes_after_push(block: list[ast.stmt], own: str, closes: tuple[str, ...]) -> Iterator[ast.stmt]:
    pushed = False
    for statement in block:
        called = _calls(statement, own)
        if pushed and called in closes:
            yield statement
        if called in _PUSHES or _ends_with_push(statement, own):
            pushed = True
        elif called in closes or not isinstance(statement, _PLAIN) or _waits(statement):
            pushed = False


def _ends_with_push(statement: ast.stmt, own: str) -> bool:
    """Tell whether each way through an if statement, or a loop over something, ends with a push."""
    if isinstance(statement, ast.If):
        return bool(statement.body) and all(
            not branch or _calls(branch[-1], own) in _PUSHES for branch in (statement.body, statement.orelse)
        )
    return isinstance(statement, ast.For) and _calls(statement.body[-1], own) in _PUSHES


def _waits(statement: ast.stmt) -> bool:
    """Tell whether a statement may send what is queued."""
    return any(isinstance(node, ast.Attribute) and node.attr in _WAITS for node in walk(statement))


def _calls(statement: ast.stmt, own: str) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return self_attribute(statement.value.func, own) or ""
    return ""
