"""Whether a program tells of a failed bind() or connect() in the words of the error.

asyncore raised what the system said: "[Errno 98] Address already in use". socket.create_server() and
asyncio.open_connection() add the address to that, and the former makes an OSError of whatever it was. Where
somebody prints the error, or logs it, rewritten code has to have it say what it said. Names are followed, not
values: what is called as the class, or as a function that leads to it, may be it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.analyse.values.syntax import last_name
from asyncore_codemods.nodes import DEFINITIONS, once, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.project import Project

_CAUGHT = frozenset(
    {"BaseException", "EnvironmentError", "Exception", "IOError", "OSError", "PermissionError", "error", "gaierror"}
)
_ASKED = frozenset({"compact_traceback", "exc_info", "exception", "format_exc", "format_exception"})


def tells_why_not_bound(hierarchy: Hierarchy) -> bool:
    """Tell whether somebody catches what the constructors of *hierarchy* raise, and says what it is."""
    return any(attempt.tells for attempt in _attempts_to_make(hierarchy))


def is_caught_where_made(hierarchy: Hierarchy) -> bool:
    """Tell whether somebody may catch what the constructors of *hierarchy* raise."""
    return any(True for _ in _attempts_to_make(hierarchy))


def goes_on_without(hierarchy: Hierarchy, *, is_heard: bool) -> bool:
    """Tell whether the program catches what the constructors of *hierarchy* raise, and runs the loop behind that.

    asyncore had such an object in its map by then. If *is_heard*, a handler that catches it counts, too.
    """
    return any(
        attempt.goes_on
        and ("loop" not in attempt.names or any(member.name in attempt.again for member in hierarchy.members))
        and (is_heard or not attempt.is_in_class)
        for attempt in _attempts_to_make(hierarchy)
    )


def tells_why_not_connected(hierarchy: Hierarchy) -> bool:
    """Tell whether the handle_error() of *hierarchy* asks what the error is."""
    methods = [definition.function for definition in hierarchy.reachable("handle_error")]
    return bool(_reached(hierarchy.project, methods) & _ASKED)


@dataclass(frozen=True)
class _Attempt:
    """A `try` that may catch what a constructor raises."""

    names: set[str]  # that are reached from it
    is_in_class: bool
    tells: bool  # what the error is
    goes_on: bool  # behind it
    again: frozenset[str]  # what it names itself, if it stands in a `while` or a `for`


def _attempts_to_make(hierarchy: Hierarchy) -> Iterator[_Attempt]:
    classes = {member.name for member in hierarchy.members}
    return (attempt for attempt in hierarchy.project.once(_attempts) if classes & attempt.names)


def _attempts(project: Project) -> list[_Attempt]:
    found = []
    for module in project.modules.values():
        in_classes = {id(node) for statement in module.all_classes for node in walk(statement)}
        repeated = {id(node) for loop in walk(module.source.tree, (ast.For, ast.While)) for node in walk(loop)}
        for node in walk(module.source.tree):
            caught = [one for one in node.handlers if _catches(one)] if isinstance(node, ast.Try) else []
            if isinstance(node, ast.Try) and caught:
                goes_on = any(not leaves(one.body[-1]) for one in caught)
                names = _reached(project, node.body)
                again = frozenset().union(*map(_names_in, node.body if id(node) in repeated else ()))
                found.append(_Attempt(names, id(node) in in_classes, any(map(_tells, caught)), goes_on, again))
    return found


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or bool(_kinds(handler) & _CAUGHT)


def _kinds(handler: ast.ExceptHandler) -> set[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {last_name(kind) for kind in kinds if kind is not None}


def _tells(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler that catches an error says what it is."""
    if "gaierror" in _kinds(handler):
        return True
    nodes = [node for statement in handler.body for node in walk(statement)]
    numbers = {id(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr == "errno"}
    return any(
        (isinstance(node, ast.Name) and node.id == handler.name and id(node) not in numbers)
        or last_name(node) in _ASKED
        for node in nodes
    )


def _reached(project: Project, nodes: Iterable[ast.AST]) -> set[str]:
    """Return every name that stands in *nodes*, or in a function or class of the project that is called so."""
    named = project.once(_all_named)
    found: set[str] = set()
    queue = list(nodes)
    while queue:
        new = once(_names_in, queue.pop()) - found
        found |= new
        queue += [node for name in new for node in named.get(name, ())]
    return found


def _names_in(node: ast.AST) -> frozenset[str]:
    """Return every name that stands in *node*."""
    every = walk(node)
    passed_over = {_asked_for_kind(one) for one in every}
    return frozenset(last_name(one) for one in every if id(one) not in passed_over)


def _asked_for_kind(node: ast.AST) -> int:
    """Return the id of what is called in `sys.exc_info()[0]`, which says no words."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Call):
        return 0
    first = isinstance(node.slice, ast.Constant) and node.slice.value == 0
    return id(node.value.func) if first and last_name(node.value.func) == "exc_info" else 0


def _all_named(project: Project) -> dict[str, list[ast.AST]]:
    named: dict[str, list[ast.AST]] = {}
    for module in project.modules.values():
        for node in walk(module.source.tree, DEFINITIONS):
            named.setdefault(node.name, []).append(node)
    return named
