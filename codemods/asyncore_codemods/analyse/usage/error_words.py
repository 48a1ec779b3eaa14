"""Whether a program tells of a failed bind() or connect() in the words of the error.

asyncore raised what the system said: "[Errno 98] Address already in use". socket.create_server() and
asyncio.open_connection() add the address to that, and the former makes an OSError of whatever it was. Where
somebody prints the error, or logs it, rewritten code has to have it say what it said. Names are followed, not
values: what is called as the class, or as a function that leads to it, may be it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.analyse.values.syntax import last_name
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.project import Project

_CAUGHT = frozenset(
    {"BaseException", "EnvironmentError", "Exception", "IOError", "OSError", "PermissionError", "error", "gaierror"}
)
_ASKED = frozenset({"compact_traceback", "exc_info", "exception", "format_exc", "format_exception"})


def tells_why_not_bound(hierarchy: Hierarchy) -> bool:
    """Tell whether somebody catches what the constructors of *hierarchy* raise, and says what it is."""
    classes = {member.name for member in hierarchy.members}
    return any(classes & names for names in _reached_where(hierarchy.project, _tells))


def is_caught_where_made(hierarchy: Hierarchy) -> bool:
    """Tell whether somebody may catch what the constructors of *hierarchy* raise."""
    classes = {member.name for member in hierarchy.members}
    return any(classes & names for names in _reached_where(hierarchy.project, _catches))


def goes_on_without(hierarchy: Hierarchy, *, is_heard: bool) -> bool:
    """Tell whether the program catches what the constructors of *hierarchy* raise, and runs the loop behind that.

    asyncore had such an object in its map by then. If *is_heard*, a handler that catches it counts, too.
    """
    classes = {member.name for member in hierarchy.members}
    methods = {id(n) for entry in hierarchy.project.classes.values() for n in walk(entry.node)}
    tried = (
        _reached(hierarchy.project, node.body)
        for module in hierarchy.project.modules.values()
        for node in walk(module.source.tree)
        if isinstance(node, ast.Try) and (is_heard or id(node) not in methods)
        if any(_catches(handler) and not leaves(handler.body[-1]) for handler in node.handlers)
    )
    return any(classes & names and "loop" not in names for names in tried)


def tells_why_not_connected(hierarchy: Hierarchy) -> bool:
    """Tell whether the handle_error() of *hierarchy* asks what the error is."""
    methods = [definition.function for definition in hierarchy.reachable("handle_error")]
    return bool(_reached(hierarchy.project, methods) & _ASKED)


def _reached_where(project: Project, handles: Callable[[ast.ExceptHandler], bool]) -> list[set[str]]:
    """Return the names that are reached from each `try` with an `except` that *handles* an error."""
    key = f"reached where {handles.__name__}"
    known = project.memo.get(key)
    if not isinstance(known, list):
        known = project.memo[key] = [
            _reached(project, node.body)
            for module in project.modules.values()
            for node in walk(module.source.tree)
            if isinstance(node, ast.Try) and any(handles(handler) for handler in node.handlers)
        ]
    return known


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or bool(_kinds(handler) & _CAUGHT)


def _kinds(handler: ast.ExceptHandler) -> set[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {last_name(kind) for kind in kinds if kind is not None}


def _tells(handler: ast.ExceptHandler) -> bool:
    if not _catches(handler):
        return False
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
    named = _all_named(project)
    found: set[str] = set()
    queue = list(nodes)
    while queue:
        new = _names_in(project, queue.pop()) - found
        found |= new
        queue += [node for name in new for node in named.get(name, ())]
    return found


def _names_in(project: Project, node: ast.AST) -> frozenset[str]:
    """Return every name that stands in *node*, which is asked for again from each place that leads to it."""
    known = project.memo.get("names_in")
    if not isinstance(known, dict):
        known = project.memo["names_in"] = {}
    if node not in known:
        every = walk(node)
        passed_over = {_asked_for_kind(one) for one in every}
        known[node] = frozenset(last_name(one) for one in every if id(one) not in passed_over)
    names: frozenset[str] = known[node]
    return names


def _asked_for_kind(node: ast.AST) -> int:
    """Return the id of what is called in `sys.exc_info()[0]`, which says no words."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Call):
        return 0
    first = isinstance(node.slice, ast.Constant) and node.slice.value == 0
    return id(node.value.func) if first and last_name(node.value.func) == "exc_info" else 0


def _all_named(project: Project) -> dict[str, list[ast.AST]]:
    known = project.memo.get("all_named")
    if isinstance(known, dict):
        return known
    named: dict[str, list[ast.AST]] = {}
    for module in project.modules.values():
        for node in walk(module.source.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                named.setdefault(node.name, []).append(node)
    project.memo["all_named"] = named
    return named
