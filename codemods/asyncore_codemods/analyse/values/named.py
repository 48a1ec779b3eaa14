"""Attributes that a program names by a text: `getattr(session, "nick")`, and `attrgetter("nick")`.

Where the text is worked out, any that the file has may be the one: `for field in ("nick", "buffer")`.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.chosen import chosen_prefix
from asyncore_codemods.analyse.values.syntax import last_name, parent_map
from asyncore_codemods.nodes import FUNCTIONS, walk

_CHANGING = ("setattr", "delattr")
_LOOKING = ("getattr", "hasattr", *_CHANGING)
_MAKING = ("attrgetter", "methodcaller")
_METHODS = ("push", "push_with_producer", "send", "close", "close_when_done")  # which a table may well have
_OTHERS = frozenset().union(*(legacy.inherited_names(name) for name in legacy.CLASSES)).difference(_METHODS)


class Named(NamedTuple):
    """One text that is the name of an attribute."""

    name: str
    node: ast.Constant
    receiver: ast.expr | None  # None if that may be anything
    stored: bool


def named_attributes(tree: ast.Module) -> list[Named]:
    """Return the texts in *tree* that attributes are looked up by, as far as can be told."""
    parents = parent_map(tree)
    chosen = any(isinstance(node, ast.Call) and _chooses(node, parents) for node in walk(tree))
    found = []
    for node in walk(tree, ast.Constant):
        if not isinstance(node.value, str):
            continue
        parent, name = parents[node], node.value.partition(".")[0]
        called = last_name(parent.func) if isinstance(parent, ast.Call) else ""
        if isinstance(parent, ast.Call) and called in _LOOKING and node in parent.args[1:2]:
            found.append(Named(name, node, parent.args[0], called in _CHANGING))
        elif called in _MAKING or (chosen and name.isidentifier() and name not in _OTHERS):
            found.append(Named(name, node, None, stored=False))
    return found


def _chooses(call: ast.Call, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether *call* looks up an attribute that may have any name."""
    called = last_name(call.func)
    if called not in (*_LOOKING, *_MAKING) or not call.args:
        return False
    names = call.args if called in _MAKING else call.args[1:2]
    if all(isinstance(name, ast.Constant) for name in names):
        return False
    holder: ast.AST | None = call
    while holder is not None and not isinstance(holder, FUNCTIONS):
        holder = parents.get(holder)
    return not chosen_prefix(call, holder)
