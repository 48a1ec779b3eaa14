"""Methods that a session looks up in a dictionary of its own: `self.commands = {"get": self.do_get}`.

The dictionary is made in the constructor, of methods only, and nothing is done with it but to look a method up and
call it. If one of them waits, all of them become coroutines.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import is_self_attribute, parent_map, self_attribute
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse


@dataclass
class Table:
    """One such dictionary."""

    methods: set[str] = field(default_factory=set)
    named: list[ast.expr] = field(default_factory=list)  # where these are named without being called
    calls: list[tuple[Definition, ast.Call]] = field(default_factory=list)


def read_tables(hierarchy: Hierarchy, outside: list[OutsideUse]) -> list[Table]:
    """Return the dictionaries of methods of which every use is understood."""
    written = [write.name for fact in hierarchy.facts.values() for write in fact.writes]
    tables = []
    for definition in hierarchy.methods.get("__init__", []):
        for statement in definition.function.body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            name = self_attribute(target, definition.self_name) if target is not None else None
            if not isinstance(statement, ast.Assign) or len(statement.targets) > 1 or name is None:
                continue
            methods = _methods(hierarchy, definition, statement.value)
            if not methods or written.count(name) > 1 or name in hierarchy.methods:
                continue
            if any(use.name == name and use.may_be(hierarchy.names) for use in outside):
                continue
            if any(_names(user, name) for user in hierarchy.definitions()):
                continue
            assert isinstance(statement.value, ast.Dict)
            table = Table(methods, [*statement.value.values])
            if all(_understood(hierarchy, table, user, name) for user in hierarchy.definitions()):
                tables.append(table)
    return tables


def _methods(hierarchy: Hierarchy, definition: Definition, value: ast.expr) -> set[str]:
    """Return the methods in a dictionary, none if there is anything else in it."""
    if not isinstance(value, ast.Dict) or not all(isinstance(key, ast.Constant) for key in value.keys):
        return set()
    names = {self_attribute(method, definition.self_name) for method in value.values}
    return {name for name in names if name} if names <= set(hierarchy.methods) else set()


def _names(definition: Definition, name: str) -> bool:
    """Tell whether *definition* has the name as a text, which getattr() may be given."""
    return any(isinstance(node, ast.Constant) and node.value == name for node in walk(definition.function))


def _understood(hierarchy: Hierarchy, table: Table, definition: Definition, name: str) -> bool:
    """Tell whether *definition* does nothing with the dictionary called *name* but to call what is in it."""
    parents = parent_map(definition.function)
    for node in walk(definition.function):
        if not is_self_attribute(node, definition.self_name, name):
            continue
        user = parents[node]
        if isinstance(user, ast.Compare) and node in user.comparators:
            if not all(isinstance(op, (ast.In, ast.NotIn)) for op in user.ops):
                return False
        elif isinstance(user, ast.Assign):
            continue  # the constructor's: there is no other
        elif isinstance(user, ast.Subscript) and user.value is node and isinstance(user.ctx, ast.Load):
            calls = calls_of(definition, user)
            if calls is None:
                return False
            table.calls += [(definition, call) for call in calls]
        elif not _got(hierarchy, table, definition, user):
            return False
    return True


def _got(hierarchy: Hierarchy, table: Table, definition: Definition, get: ast.AST) -> bool:
    """Take up `self.commands.get(verb, self.unknown)`, if what it returns is only called."""
    call = parent_map(definition.function)[get]
    if not isinstance(get, ast.Attribute) or get.attr != "get":
        return False
    if not isinstance(call, ast.Call) or call.func is not get or call.keywords:
        return False
    for default in call.args[1:]:
        method = self_attribute(default, definition.self_name)
        if method in hierarchy.methods and method is not None:
            table.methods.add(method)
            table.named.append(default)
        elif not isinstance(default, ast.Constant) or default.value is not None:
            return False
    calls = calls_of(definition, call)
    table.calls += [(definition, one) for one in calls or ()]
    return calls is not None


def calls_of(definition: Definition, found: ast.expr) -> list[ast.Call] | None:
    """Return the calls of what was *found*, at once or by way of a variable; None if more happens to it."""
    parents = parent_map(definition.function)
    parent = parents[found]
    if isinstance(parent, ast.Call) and parent.func is found:
        return [parent]
    target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
    if not isinstance(target, ast.Name):
        return None
    calls: list[ast.Call] = []
    for name in walk(definition.function, ast.Name):
        if name.id != target.id or name is target:
            continue
        user = parents[name]
        if isinstance(user, ast.Call) and user.func is name:
            calls.append(user)
        elif not isinstance(user, (ast.If, ast.Compare, ast.BoolOp, ast.UnaryOp)) and not (
            isinstance(user, ast.Call) and isinstance(user.func, ast.Name) and user.func.id == "callable"
        ):
            return None
    return calls
