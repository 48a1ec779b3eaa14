"""Walk syntax trees that are walked again and again.

Dozens of questions are asked of the same functions, so the nodes of each are listed once and kept with it, and so
are the answers that are asked for most. The trees of a project never change, which is what makes that right.
"""

from __future__ import annotations

import ast
from typing import Callable, TypeVar, Union

_Answer = TypeVar("_Answer")
_Node = TypeVar("_Node", bound=ast.AST)
_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


def walk(node: ast.AST) -> tuple[ast.AST, ...]:
    """Return *node* and every node below it, in the order of `ast.walk()`, but for load, store and del contexts."""
    kept: tuple[ast.AST, ...] | None = getattr(node, "_walked", None)
    if kept is None:
        kept = listed(node)
        node._walked = kept  # type: ignore[attr-defined]  # nodes have room for attributes of anybody's
    return kept


def once(question: Callable[[_Node], _Answer], node: _Node) -> _Answer:
    """Return the answer to *question* about *node*, the same one each time: not to be changed."""
    answers: dict[Callable[[_Node], _Answer], _Answer] = node.__dict__.setdefault("_answers", {})
    if question not in answers:
        answers[question] = question(node)
    return answers[question]


def with_body(function: _Function, body: list[ast.stmt]) -> _Function:
    """Return *function* with another body, at the same place, and without what was kept with it."""
    fields = {**dict(ast.iter_fields(function)), "body": body}
    return ast.copy_location(type(function)(**fields), function)


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right below *node*, but for load, store and del contexts."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST) and name != "ctx":
            found.append(value)
    return found


def listed(root: ast.AST) -> tuple[ast.AST, ...]:
    """Return the same as walk(), of a tree that may still change: nothing is kept."""
    found = [root]
    for node in found:  # which grows meanwhile; not by children(), since this is most of what reading a file takes
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and name != "ctx":
                found.append(value)
    return tuple(found)
