"""What is known of the producers of a project: objects with more(), which returns the next piece of some output.

While a handler waits for its producer, its session reads nothing. That is noticed where the rest of the program has
a say in what the producer does next: a "stop" that comes while it is still producing, or one that never ends.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.assigned_methods import methods_of
from asyncore_codemods.analyse.flow import PathWalker
from asyncore_codemods.analyse.inventory import is_producer
from asyncore_codemods.analyse.syntax import parent_map, self_name
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project

_PLAIN = frozenset({"__init__", "more"})


def producers_of(project: Project) -> list[ClassEntry]:
    """Return the classes that have what async_chat asks of a producer."""
    return [entry for entry in project.classes.values() if entry.root is None and is_producer(entry)]


def interference(project: Project, producers: list[ClassEntry]) -> Iterator[tuple[Module, ast.AST, str]]:
    """Yield the places that make it matter whether input is read while a producer is at work."""
    for entry in producers:
        for method in methods_of(entry.node):
            if method.name == "more" and not _may_end(method):
                yield entry.module, method, f"waits for {entry.name}, which never ends"
    own = {id(node) for entry in producers for node in walk(entry.node)}
    methods = {m.name for entry in producers for m in methods_of(entry.node)} - _PLAIN
    data = {
        node.attr
        for entry in producers
        for method in methods_of(entry.node)
        for node in walk(method)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == self_name(method)
    } - methods
    for module in {entry.module.name: entry.module for entry in project.classes.values()}.values():
        parents = parent_map(module.source.tree)
        for node in walk(module.source.tree):
            if not isinstance(node, ast.Attribute) or id(node) in own or _is_self(node, parents):
                continue
            parent = parents.get(node)
            is_called = isinstance(parent, ast.Call) and parent.func is node and node.attr in methods
            is_set = node.attr in data and not isinstance(node.ctx, ast.Load)
            if is_called or is_set:
                yield module, node, f"waits for a producer whose {node.attr} others may use meanwhile"


def _is_self(node: ast.Attribute, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether *node* is an attribute of the object whose method it stands in."""
    current: ast.AST | None = node
    while current is not None and not isinstance(current, (ast.FunctionDef, ast.AsyncFunctionDef)):
        current = parents.get(current)
    return current is not None and isinstance(node.value, ast.Name) and node.value.id == self_name(current)


def _may_end(method: FunctionNode) -> bool:
    """Tell whether more() can raise alone, or return something that is false, which ends the producer."""
    answers = [node.value for node in walk(method) if isinstance(node, ast.Return)]
    return not answers or _falls_off(method.body) or any(not _is_true(answer) for answer in answers)


def _falls_off(body: list[ast.stmt]) -> bool:
    """Tell whether *body* can end without a `return` or a `raise`, which comes to returning None."""
    end = ast.Expr(ast.Name("end", ast.Load()))
    reached = []

    def step(node: ast.AST, state: str) -> frozenset[str]:
        reached.extend([node] if node is end else [])
        return frozenset({state})

    walker: PathWalker[str] = PathWalker(step)
    walker.exits_of([*body, end], frozenset({"on"}))
    return bool(reached)


def _is_true(value: ast.expr | None) -> bool:
    """Tell whether *value*, which is bytes, cannot be empty."""
    if isinstance(value, ast.Constant):
        return bool(value.value)
    if isinstance(value, ast.BinOp):
        return _is_true(value.left) or (isinstance(value.op, ast.Add) and _is_true(value.right))
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "encode":
        return _is_true(value.func.value)
    if isinstance(value, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and part.value for part in value.values)
    return False
