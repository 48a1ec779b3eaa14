"""handle_write() methods that refuse messages which are too long, where none ever is.

`if len(message) > LIMIT: raise ValueError` in front of send() goes if all that is put into the queue has been
received with recv(LIMIT), or is a short constant, followed through the methods that hand it on. Anything else would
be refused somewhere else in rewritten code, which sends a message where it is put. What is dropped in silence is
dropped there: `if len(message) <= LIMIT: self.send(message)` moves to where the message is put.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.syntax import (
    constant_of,
    declared_global,
    parent_map,
    self_attribute,
    significant,
)
from asyncore_codemods.nodes import CALLABLES, FUNCTIONS, is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition
    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import Project


class Limit(NamedTuple):
    """How long a message may be."""

    name: str  # of the variable that is the message
    most: ast.expr
    drops: bool = False  # and what is longer is dropped, where another one raises an error


def without_limit(body: list[ast.stmt]) -> tuple[list[ast.stmt], Limit | None]:
    """Return a body without the statement that refuses what is too long, and how long a message may be."""
    for index, statement in enumerate(body):
        if not isinstance(statement, ast.If) or statement.orelse:
            continue
        inner = significant(statement.body)
        if len(inner) == 1 and isinstance(inner[0], ast.Raise):
            limit, rest = _compared(statement.test, ast.Gt), body[index + 1 :]
        else:
            test, negated = statement.test, isinstance(getattr(statement.test, "op", None), ast.Not)
            limit = _compared(test.operand, ast.Gt) if negated else _compared(test, ast.LtE)  # type: ignore[attr-defined]
            limit = limit._replace(drops=True) if limit is not None else None
            rest = [*inner, *body[index + 1 :]]
        if limit is not None:
            return [*body[:index], *rest], limit
    return body, None


def asked_where_put(definition: Definition, value: ast.expr, limit: Limit) -> str:
    """Return what asks whether *value* is short enough where a method puts it into its queue, "" if nothing can."""
    is_plain = isinstance(value, ast.Name) and _number(definition.module, limit.most) is not None
    return f"len({ast.unparse(value)}) <= {ast.unparse(limit.most)}" if is_plain and limit.drops else ""


def is_within(project: Project, definition: Definition, value: ast.expr, limit: ast.expr) -> bool:
    """Tell whether *value*, which a method puts into its queue, is never longer than *limit*."""
    most = _number(definition.module, limit)
    modules = project.modules.values()
    if most is None or not any(_runs_the_loop(project, module) for module in modules):
        return False  # a library's users put into it what they like
    functions = (node for module in modules for node in walk(module.source.tree, FUNCTIONS))
    if any(function.name == "recv" for function in functions):
        return False  # which may return what it likes
    return _Follower(project, most).fits(definition.module, definition.function, value)


class _Follower:
    """Follows a message back to where it came from."""

    def __init__(self, project: Project, most: int) -> None:
        self.project = project
        self.most = most
        self.seen: set[tuple[FunctionNode, str]] = set()

    def fits(self, module: Module, function: FunctionNode | None, value: ast.expr) -> bool:
        known, constant = constant_of(value)
        if known:
            return isinstance(constant, bytes) and len(constant) <= self.most
        if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
            part = value.slice
            known, most = constant_of(part.upper) if part.upper is not None else (False, None)
            fits = isinstance(most, int) and 0 <= most <= self.most
            return known and fits and part.lower is None and part.step is None
        if function is None:
            return False
        if isinstance(value, ast.Call):
            own = function.args.args[0].arg if function.args.args else ""
            receives = self_attribute(value.func, own) == "recv" and len(value.args) == 1 and not value.keywords
            size = _number(module, value.args[0]) if receives else None
            return size is not None and 0 <= size <= self.most
        return isinstance(value, ast.Name) and self._name_fits(module, function, value.id)

    def _name_fits(self, module: Module, function: FunctionNode, name: str) -> bool:
        if (function, name) in self.seen:
            return True  # comes from where the others come from
        self.seen.add((function, name))
        parents = parent_map(function)
        values = []
        for node in walk(function):
            if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
                return False
            if node is not function and isinstance(node, CALLABLES):
                return False
            if isinstance(node, ast.Name) and node.id == name and is_stored(node):
                statement = parents[node]
                if not isinstance(statement, ast.Assign) or statement.targets != [node]:
                    return False
                values.append(statement.value)
        if not all(self.fits(module, function, value) for value in values):
            return False
        names = [argument.arg for argument in function.args.args]
        return self._is_always_given(function, names.index(name)) if name in names else bool(values)

    def _is_always_given(self, function: FunctionNode, index: int) -> bool:
        """Tell whether all who call a method give it something short for one of its parameters."""
        arguments, name = function.args, function.name
        odd = arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults
        inherited = name.startswith(("__", "handle_")) or name in legacy.inherited_names(legacy.ASYNC_CHAT)
        if odd or index == 0 or inherited:
            return False
        found = False
        for module in self.project.modules.values():
            for call, around in _mentions(module, name):
                if call is None or len(call.args) + len(call.keywords) != len(arguments.args) - 1:
                    return False
                given = dict(zip((a.arg for a in arguments.args[1:]), call.args))
                given.update((keyword.arg or "", keyword.value) for keyword in call.keywords)
                value = given.get(arguments.args[index].arg)
                if value is None or not self.fits(module, around, value):
                    return False
                found = True
        return found


def _mentions(module: Module, name: str) -> Iterator[tuple[ast.Call | None, FunctionNode | None]]:
    """Yield the calls of methods of that name, with the function around each; None for what is no plain call."""
    parents = parent_map(module.source.tree)
    for node in walk(module.source.tree):
        if isinstance(node, ast.Constant) and node.value == name:
            yield None, None
        elif getattr(node, "attr" if isinstance(node, ast.Attribute) else "id", None) == name:
            call, around = parents[node], parents[node]
            while around in parents and not isinstance(around, CALLABLES):
                around = parents[around]
            is_call = isinstance(node, ast.Attribute) and isinstance(call, ast.Call) and call.func is node
            function = around if isinstance(around, FUNCTIONS) else None
            yield (call if is_call else None), function  # type: ignore[misc]  # it is a call


def _compared(test: ast.expr, how: type[ast.cmpop]) -> Limit | None:
    """Return what the length of a variable is compared with."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], how):
        return None
    left = test.left
    is_length = isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id == "len"
    measured = left.args[0] if is_length and len(left.args) == 1 else None  # type: ignore[attr-defined]  # a call
    return Limit(measured.id, test.comparators[0]) if isinstance(measured, ast.Name) else None


def _number(module: Module, node: ast.expr) -> int | None:
    """Return the number that an expression is, perhaps by the name of a constant of the module."""
    if isinstance(node, ast.Name):
        values = module.assigned.get(node.id, [])
        changed = node.id in declared_global(module.source.tree)
        if len(values) != 1 or changed or values[0] is None:
            return None
        node = values[0]
    known, value = constant_of(node)
    return value if known and isinstance(value, int) and not isinstance(value, bool) else None


def _runs_the_loop(project: Project, module: Module) -> bool:
    return any(
        isinstance(node, ast.Call) and project.resolve_node(module, node.func) in ("asyncore.loop", "asyncore.poll")
        for node in walk(module.source.tree)
    )
