"""Hooks that asyncore may run twice: `loop(use_poll=True)` calls handle_close() again after a reset.

poll() reports the end of what can be read and the reset of the connection at once, and asyncore handles one after
the other, whatever became of the channel in between. Who only closes, or asks first whether that is left to do,
does not notice.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.lifetime.once import first_time
from asyncore_codemods.analyse.looping.loop_calls import arguments_by_name
from asyncore_codemods.analyse.values.syntax import last_name, self_attribute, significant
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index import Module, Project

_POLLS = ("asyncore.poll2", "asyncore.poll3")
_CLOSING = ("close", "handle_close")
_AGAIN = {"clear": 0, "discard": 1, "pop": 2}  # what does nothing the second time, with so many arguments


def uses_poll(project: Project, modules: Sequence[Module]) -> bool:
    """Tell whether the program may have its loop use poll() in place of select()."""
    return any(_uses_poll(project, module, node) for module in modules for node in walk(module.source.tree))


def _uses_poll(project: Project, module: Module, node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return project.resolve_node(module, node) in _POLLS
    if isinstance(node, ast.Dict):  # kwargs={"use_poll": True}
        pairs = zip(node.keys, node.values)
        return any(isinstance(key, ast.Constant) and key.value == "use_poll" and _may_be(v) for key, v in pairs)
    if not isinstance(node, ast.Call):
        return False
    is_loop = project.resolve_node(module, node.func) == "asyncore.loop"
    given = arguments_by_name(node) if is_loop else {keyword.arg: keyword.value for keyword in node.keywords}
    return "use_poll" in given and _may_be(given["use_poll"])


def _may_be(value: ast.expr) -> bool:
    return not isinstance(value, ast.Constant) or bool(value.value)


def is_noticed_twice(hierarchy: Hierarchy) -> bool:
    """Tell whether somebody notices when handle_close() of *hierarchy* runs a second time."""
    return any(
        first_time(hierarchy, definition) is None
        and not all(_is_harmless(statement, definition) for statement in significant(definition.function.body))
        for name in _CLOSING
        for definition in hierarchy.methods.get(name, ())
    )


def _is_harmless(statement: ast.stmt, definition: Definition) -> bool:
    """Tell whether *statement* closes the channel, or does nothing more when it is run again."""
    if isinstance(statement, ast.Assign):
        to_itself = all(self_attribute(target, definition.self_name) for target in statement.targets)
        return to_itself and not any(isinstance(node, (ast.Name, ast.Call)) for node in walk(statement.value))
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return isinstance(statement, ast.Pass)
    call = statement.value
    name = last_name(call.func)
    is_closing = name in _CLOSING and isinstance(call.func, ast.Attribute)
    return is_closing or (name in _AGAIN and len(call.args) == _AGAIN[name])
