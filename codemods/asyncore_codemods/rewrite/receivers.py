"""Methods that call their object otherwise than `self`.

New texts speak of `self`, wherever they go. In a method whose first parameter has another name, they take that one.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from typing import TYPE_CHECKING, Any

from asyncore_codemods.analyse.values.syntax import self_name
from asyncore_codemods.nodes import FUNCTIONS, walk

if TYPE_CHECKING:
    from asyncore_codemods.plan.changes import FileChanges
    from asyncore_codemods.spans import Span

_SELF = re.compile(r"(?<![\w.])self(?=\.)")
_TEXTS = ("statements", "expressions", "arguments", "wrapped", "prepended", "appended", "body_starts", "guarded")


def name_receivers(tree: ast.Module, changes: FileChanges) -> FileChanges:
    """Return *changes* whose texts call the object as the methods do that they go into."""
    named = dict(_otherwise_named(tree))
    if not named:
        return changes
    texts: dict[str, Any] = {
        field: {span: _renamed(text, _name_at(named, span)) for span, text in getattr(changes, field).items()}
        for field in _TEXTS
    }
    return dataclasses.replace(changes, **texts)


def _otherwise_named(tree: ast.Module) -> dict[tuple[int, int], str]:
    """Return what methods call their object where that is not `self`, by their first and last lines."""
    found = {}
    for holder in walk(tree):
        for function in holder.body if isinstance(holder, ast.ClassDef) else ():
            if not isinstance(function, FUNCTIONS):
                continue
            names = {node.id for node in walk(function, ast.Name)}
            own = self_name(function)
            if own and "self" not in {own, *names}:
                found[function.lineno, function.end_lineno or function.lineno] = own
    return found


def _name_at(named: dict[tuple[int, int], str], span: Span) -> str:
    """Return the name in the innermost method around *span*."""
    around = [(first, own) for (first, last), own in named.items() if first <= span.line <= last]
    return max(around, default=(0, "self"))[1]


def _renamed(text: Any, own: str) -> Any:
    """Return *text*, or the texts in a tuple, with *own* for `self`."""
    if isinstance(text, tuple):
        return tuple(_renamed(part, own) for part in text)
    return _SELF.sub(own, text) if isinstance(text, str) else text
