"""Text is used where Python 3 wants bytes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.codes import Code
from asyncore_codemods.idioms.inputs import terminators
from asyncore_codemods.idioms.outputs import has_text, method_called
from asyncore_codemods.misuse.families import defines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.views import ClassView

CODE = Code.TEXT_MODE


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield terminators that are text, unless use_encoding is about, and pushes of text."""
    if view.root != legacy.ASYNC_CHAT:
        return
    if not defines(view, "use_encoding", "set_terminator"):
        for node in terminators(view):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node, f"sets a terminator that is text: {ast.unparse(node)}"
    if not defines(view, "push"):
        for call in view.calls("push"):
            if call.args and (has_text(call.args[0]) or _is_formatted(call.args[0])):
                yield call, f"pushes text: {ast.unparse(call.args[0])}"


def _is_formatted(node: ast.expr) -> bool:
    if method_called(node) not in ("format", "join"):
        return False
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Attribute)
    return has_text(node.func.value)
