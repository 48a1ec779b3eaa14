"""Buffers that a session may not have for itself.

`buffer = []` in the class body is one list for all sessions that never assign their own, and so is the default
value of a parameter; `self.buffer = server.buffer` is somebody else's. What one session has of a frame then stands
before what another one gets, which is lost where frames come whole. A property may do anything when it is assigned.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.input.frame_reading import is_empty
from asyncore_codemods.analyse.values.syntax import constant_of, defaults_of, last_name, local_names, self_attribute
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy

_MAKERS = ("deque", "TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "open", "Queue")
_KEPT = ("setdefault", "get")  # what they return is in a dictionary


def shared_buffer(hierarchy: Hierarchy, names: Iterable[str]) -> Reason | None:
    """Return why one of the buffers *names* may be more than a session's own, if it may."""
    for name in sorted(names):
        for definition in hierarchy.methods.get(name, ()):
            return Reason(Code.BUFFER, f"has a property called {name}", definition.place(definition.function))
        for definition, value in _assigned(hierarchy, name):
            if not _is_own(definition, value):
                message = f"gathers its frames in self.{name}, which may be somebody else's, too"
                return Reason(Code.BUFFER, message, definition.place(value))
        place = _of_the_class(hierarchy, name)
        if place is not None:
            return Reason(Code.BUFFER, f"has one {name} for all sessions, in the class body", place)
    return None


def _assigned(hierarchy: Hierarchy, name: str) -> Iterator[tuple[Definition, ast.expr]]:
    """Yield what constructors assign to an attribute, and what methods do that take it as an argument."""
    for definition in hierarchy.definitions():
        for node in walk(definition.function, (ast.Assign, ast.AnnAssign)):
            if node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(self_attribute(target, definition.self_name) == name for target in targets):
                    yield definition, node.value


def _is_own(definition: Definition, value: ast.expr) -> bool:
    """Tell whether a value can be nobody else's: anything but what the method was given, or what others have."""
    args = definition.function.args
    if isinstance(value, ast.Attribute) or (isinstance(value, ast.Call) and last_name(value.func) in _KEPT):
        return False
    given = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    if not isinstance(value, ast.Name) or value.id not in {arg.arg for arg in given}:
        return not (isinstance(value, ast.Name) and _is_of_the_module(definition, value.id))
    default = defaults_of(args).get(value.id)
    return default is not None and isinstance(constant_of(default)[1], (bytes, str))


def _is_of_the_module(definition: Definition, name: str) -> bool:
    """Tell whether *name* is something of the whole module that can be added to."""
    made = (ast.List, ast.Dict, ast.Set, ast.Call)
    return name not in local_names(definition.function) and any(
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, made)
        and any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)
        for statement in definition.module.source.tree.body
    )


def _of_the_class(hierarchy: Hierarchy, name: str) -> Place | None:
    """Return where the class body makes a buffer that constructors do not replace, or something unknown."""
    replaced = any(
        isinstance(statement, ast.Assign) and any(self_attribute(t, d.self_name) == name for t in statement.targets)
        for d in hierarchy.methods.get("__init__", ())
        for statement in d.function.body
    )
    for member in hierarchy.members:
        for attribute in hierarchy.facts[member.qualname].attributes:
            if attribute.name != name:
                continue
            value = ast.parse(attribute.value.text, mode="eval").body
            is_buffer = is_empty(value) or (isinstance(value, ast.Call) and last_name(value.func) in _MAKERS)
            changes = isinstance(value, (ast.List, ast.Dict, ast.Set, ast.Call))
            if changes and not (replaced and (is_buffer or not isinstance(value, ast.Call))):
                return Place(str(member.module.path), attribute.statement)
    return None
