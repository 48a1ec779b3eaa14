"""close() follows push(), and drops what has not been sent.

push() sends what the kernel takes at once and queues the rest; close() throws the queue away. With a slow peer, or
much data, the end is missing.

## What to do

Call close_when_done() instead of close().
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.syntax import self_attribute, self_name, suites
from asyncore_codemods.codes import Code
from asyncore_codemods.misuse.families import defines
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.views import ClassView

CODE = Code.PUSH_CLOSE


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield each close() that directly follows a push(), if both are async_chat's own."""
    if not view.is_chat or defines(view, "push", "close"):
        return
    for function in view.methods.values():
        own = self_name(function)
        for statement in walk(function):
            for block in suites(statement) if isinstance(statement, ast.stmt) else ():
                for first, second in zip(block, block[1:]):
                    if _calls(first, own) in ("push", "push_with_producer") and _calls(second, own) == "close":
                        yield second, "closes right after push(), which drops what has not been sent yet"


def _calls(statement: ast.stmt, own: str) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return self_attribute(statement.value.func, own) or ""
    return ""
