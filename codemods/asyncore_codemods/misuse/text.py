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

    from asyncore_codemods.analyse.families.views import ClassView

CODE = Code.TEXT_MODE
_SENDERS = (legacy.DISPATCHER, legacy.DISPATCHER_WITH_SEND, legacy.ASYNC_CHAT)


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield terminators that are text, unless use_encoding is about, and pushes and sends of text."""
    if view.root == legacy.ASYNC_CHAT:
        if not defines(view, "use_encoding", "set_terminator"):
            for node in terminators(view):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node, f"sets a terminator that is text: {ast.unparse(node)}"
        yield from _given_text(view, "push", "pushes")
    if view.root in _SENDERS:
        yield from _given_text(view, "send", "sends")


def _given_text(view: ClassView, name: str, verb: str) -> Iterator[tuple[ast.AST, str]]:
    for call in view.calls(name):
        if call.args and _is_text(call.args[0]) and not defines(view, name):
            yield call, f"{verb} text: {ast.unparse(call.args[0])}"


def _is_text(node: ast.expr) -> bool:
    """Tell whether an expression is text for certain."""
    if has_text(node):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("str", "repr")
    if method_called(node) in ("format", "join"):
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Attribute)
        return has_text(node.func.value)
    return False
