"""Sessions that close when they have nothing to send, though what is still to be read would give them more.

asyncore reads again before it writes, if there is more to be read: a session that answers every piece, and closes
once its answers are out, has taken in all that had come by then. Answering one piece after the other would close
after the first: rewritten code reads and writes in turns.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.usage.effects import CLOSERS
from asyncore_codemods.analyse.values.syntax import is_self_attribute, parent_map, self_attribute
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy

_ADDS = ("append", "appendleft", "extend", "insert", "put", "write")


def closes_between_pieces(hierarchy: Hierarchy, write: Definition) -> bool:
    """Tell whether handle_write() closes for no other reason than that all answers to what has come are out."""
    sent = {self_attribute(node, write.self_name) or "" for node in walk(write.function)}
    fed = {name for definition in hierarchy.methods.get("handle_read", ()) for name in _fed(definition)} & sent
    if not fed:
        return False
    parents = parent_map(write.function)
    return any(
        _asked_for(node, parents, write.self_name) <= {*fed, "writable"}
        for node in walk(write.function)
        if self_attribute(node, write.self_name) in CLOSERS
    )


def _asked_for(node: ast.AST, parents: dict[ast.AST, ast.AST], own: str) -> set[str]:
    """Return the object's attributes that the conditions around *node* look at."""
    names: set[str] = set()
    while node in parents:
        node = parents[node]
        if isinstance(node, (ast.If, ast.While)):
            names |= {self_attribute(inner, own) or "" for inner in walk(node.test)} - {""}
    return names


def _fed(read: Definition) -> set[str]:
    """Return the attributes to which handle_read() adds something for every piece."""
    own = read.self_name
    pieces = {
        target.id
        for node in walk(read.function, ast.Assign)
        if isinstance(node.value, ast.Call) and is_self_attribute(node.value.func, own, "recv")
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {_added_to(statement, own) for statement in _for_each_piece(read.function.body, pieces)} - {""}


def _for_each_piece(body: list[ast.stmt], pieces: set[str]) -> Iterator[ast.stmt]:
    """Yield the statements that run for every piece that is not empty."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            names = {node.id for node in walk(statement.test, ast.Name)}
            attributes = any(isinstance(node, ast.Attribute) for node in walk(statement.test))
            if names & pieces and names <= {*pieces, "len", "bool"} and not attributes:
                yield from _for_each_piece(statement.body, pieces)


def _added_to(statement: ast.stmt, own: str) -> str:
    if isinstance(statement, ast.AugAssign):
        return self_attribute(statement.target, own) or ""
    if isinstance(statement, ast.Assign):
        return self_attribute(statement.targets[0], own) or ""
    call = statement.value if isinstance(statement, ast.Expr) else None
    func = call.func if isinstance(call, ast.Call) else None
    if isinstance(func, ast.Attribute) and func.attr in _ADDS:
        return self_attribute(func.value, own) or ""
    return ""
