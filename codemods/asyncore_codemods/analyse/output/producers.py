"""What is known of the producers of a project: objects with more(), which returns the next piece of some output.

While a handler waits for its producer, its session reads nothing. That is noticed where the rest of the program has
a say in what the producer does next: a "stop" that comes while it is still producing, or one that never ends. It is
noticed as well where the handler goes on with what more() counts or keeps: it would see the end of it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.inventory import is_producer
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.flow import PathWalker
from asyncore_codemods.analyse.values.syntax import local_names, parent_map, self_attribute, self_name
from asyncore_codemods.nodes import FUNCTIONS, is_stored, walk

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
        for node in walk(method, ast.Attribute)
        if isinstance(node.value, ast.Name) and node.value.id == self_name(method)
    } - methods
    for module in {entry.module.name: entry.module for entry in project.classes.values()}.values():
        parents = parent_map(module.source.tree)
        for node in walk(module.source.tree, ast.Attribute):
            if id(node) in own or _is_self(node, parents):
                continue
            parent = parents.get(node)
            is_called = isinstance(parent, ast.Call) and parent.func is node and node.attr in methods
            is_set = node.attr in data and is_stored(node)
            if is_called or is_set:
                yield module, node, f"waits for a producer whose {node.attr} others may use meanwhile"


@dataclass(frozen=True)
class Progress:
    """What changes while producers are at work, by name."""

    own: set[str] = field(default_factory=set)  # attributes of theirs
    others: set[str] = field(default_factory=set)  # attributes of other objects
    variables: set[str] = field(default_factory=set)  # of their modules

    def shows_in(self, node: ast.AST, own: str) -> bool:
        """Tell whether *node*, in a method whose object is called *own*, may look at any of it."""
        if isinstance(node, ast.Attribute):
            return node.attr in self.others or (node.attr in self.own and self_attribute(node, own) is None)
        return isinstance(node, ast.Name) and node.id in self.variables


def progress_of(producers: list[ClassEntry]) -> Progress:
    """Return what *producers* change when they are asked for more."""
    progress = Progress()
    for entry in producers:
        for method in methods_of(entry.node):
            if method.name != "__init__":
                _add_changes(entry.module, method, progress)
    return progress


def tells(function: FunctionNode) -> ast.AST | None:
    """Return where a function prints or logs something."""
    for node in walk(function, ast.Call):
        text = ast.unparse(node.func).lower()
        if text == "print" or (("log" in text or "std" in text) and "." in text):
            return node
    return None


def _add_changes(module: Module, method: FunctionNode, progress: Progress) -> None:
    own, local = self_name(method), local_names(method)
    for node in walk(method):
        if isinstance(node, ast.Global):
            progress.variables.update(node.names)
        target: ast.AST = node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = node.func.value  # a method may change its object
        elif isinstance(node, ast.Subscript) and is_stored(node):
            target = node.value
        elif not isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load):
            continue
        if isinstance(target, ast.Attribute):
            mine = self_attribute(target, own) is not None
            (progress.own if mine else progress.others).add(target.attr)
        elif isinstance(target, ast.Name) and target.id not in local | set(module.bindings):
            progress.variables.add(target.id)


def _is_self(node: ast.Attribute, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether *node* is an attribute of the object whose method it stands in."""
    current: ast.AST | None = node
    while current is not None and not isinstance(current, FUNCTIONS):
        current = parents.get(current)
    return current is not None and isinstance(node.value, ast.Name) and node.value.id == self_name(current)


def _may_end(method: FunctionNode) -> bool:
    """Tell whether more() can raise, or return something that is false, which ends the producer."""
    if any(isinstance(node, ast.Raise) for node in walk(method)):
        return True
    answers = [node.value for node in walk(method, ast.Return)]
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
