"""Walk syntax trees that are walked again and again.

Dozens of questions are asked of the same functions and files, most of them about nodes of one kind. So the nodes of
each are listed once, by kinds as well, and kept with it, and so are the answers that are asked for most. The trees
of a project never change, which is what makes that right.
"""

from __future__ import annotations

import ast
from typing import Callable, TypeVar, Union, overload

_Answer = TypeVar("_Answer")
_Node = TypeVar("_Node", bound=ast.AST)
_B = TypeVar("_B", bound=ast.AST)
_C = TypeVar("_C", bound=ast.AST)
_D = TypeVar("_D", bound=ast.AST)
_Kinds = Union[type[ast.AST], tuple[type[ast.AST], ...]]
_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
CALLABLES = (*FUNCTIONS, ast.Lambda)  # what is in them does not run where they stand
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
SCOPES = (*CALLABLES, ast.ClassDef)
_PLAIN = frozenset(  # fields that hold texts, numbers or contexts, whatever node they belong to
    {"arg", "asname", "attr", "conversion", "ctx", "id", "kind", "level", "module", "simple", "type_comment"}
)


@overload
def walk(node: ast.AST) -> tuple[ast.AST, ...]: ...
@overload
def walk(node: ast.AST, kinds: type[_Node]) -> tuple[_Node, ...]: ...
@overload
def walk(node: ast.AST, kinds: tuple[type[_Node], type[_B]]) -> tuple[_Node | _B, ...]: ...
@overload
def walk(node: ast.AST, kinds: tuple[type[_Node], type[_B], type[_C]]) -> tuple[_Node | _B | _C, ...]: ...
@overload
def walk(
    node: ast.AST, kinds: tuple[type[_Node], type[_B], type[_C], type[_D]]
) -> tuple[_Node | _B | _C | _D, ...]: ...
@overload
def walk(node: ast.AST, kinds: tuple[type[_Node], ...]) -> tuple[_Node, ...]: ...
def walk(node: ast.AST, kinds: _Kinds = ast.AST) -> tuple[ast.AST, ...]:
    """Return the nodes of these *kinds*, as isinstance() takes them, among *node* and all that is below it.

    They come in the order of `ast.walk()`, and never are the contexts: load, store and del.
    """
    kept: dict[_Kinds, tuple[ast.AST, ...]] = node.__dict__.setdefault("_walked", {})
    if kinds not in kept:
        kept[kinds] = listed(node) if kinds is ast.AST else tuple(n for n in walk(node) if isinstance(n, kinds))
    return kept[kinds]


def is_stored(node: ast.Name | ast.Attribute | ast.Subscript) -> bool:
    """Tell whether a name, an attribute or an element is assigned or deleted here, not read."""
    return not isinstance(node.ctx, ast.Load)


def is_none(node: ast.AST | None) -> bool:
    """Tell whether *node* is the constant None."""
    return isinstance(node, ast.Constant) and node.value is None


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


class _FieldsWithNodes(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of a kind of node that may hold nodes, but for its context; looked at for each node of a tree."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        names = tuple(name for name in kind._fields if name not in _PLAIN and kind is not ast.Constant)
        self[kind] = names
        return names


_fields = _FieldsWithNodes()


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right below *node*, but for load, store and del contexts."""
    found: list[ast.AST] = []
    for name in _fields[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
    return found


def listed(root: ast.AST) -> tuple[ast.AST, ...]:
    """Return the same as walk(), of a tree that may still change: nothing is kept."""
    found = [root]
    for node in found:  # which grows meanwhile
        found += children(node)
    return tuple(found)
