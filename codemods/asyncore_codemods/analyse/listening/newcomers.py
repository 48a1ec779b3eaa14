"""Whether a new connection changes what others see, before it has said a word.

A session that enters a list as it is made gets whatever others tell everybody from then on, and is counted.
asyncore accepted before it read, so it was there in time. asyncio makes a session some turns of the event loop
after it has accepted, and in between may come what another one handles.
"""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import elements_given, self_attribute
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.model.programs import ListenerFacts

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def are_entered(
    project: Project, sessions: Sequence[Hierarchy], listeners: Iterable[tuple[Hierarchy, ListenerFacts]]
) -> bool:
    """Tell whether *sessions* are given to others as they are made, or counted: by constructors or *listeners*."""
    looked_at = _looked_at(sessions)
    for hierarchy in sessions:
        for definition in _constructing(hierarchy):
            if _is_given(project, definition.module, definition.function, definition.self_name):
                return True
            if not looked_at.isdisjoint(_counted(definition, own=False)):
                return True
    return any(_enters(project, hierarchy, facts, looked_at) for hierarchy, facts in listeners)


def _enters(project: Project, hierarchy: Hierarchy, facts: ListenerFacts, looked_at: set[str]) -> bool:
    """Tell whether a listener keeps the sessions that it makes, or counts them where they look."""
    for place in [*(site.call for site in facts.sites), *(m for accept in facts.accepts for m in accept.made)]:
        module = project.module_at(place.path)
        if _is_kept(project, module, Surroundings(module).call_at(place.span)):
            return True
    places = [accept.place for accept in facts.accepts]
    accepting = (d for d in hierarchy.definitions() if d.place(d.function) in places)
    return any(not looked_at.isdisjoint(_counted(definition, own=True)) for definition in accepting)


def _constructing(hierarchy: Hierarchy) -> set[Definition]:
    """Return the constructors, and the methods of the author's own that they call."""
    found: set[Definition] = set()
    queue = list(hierarchy.methods.get("__init__", ()))
    while queue:
        definition = queue.pop()
        if definition not in found:
            found.add(definition)
            calls = (node for node in walk(definition.function) if isinstance(node, ast.Call))
            called = {self_attribute(call.func, definition.self_name) for call in calls}
            queue += [other for name in called if name for other in hierarchy.methods.get(name, ())]
    return found


def _is_kept(project: Project, module: Module, call: ast.Call) -> bool:
    """Tell whether the session that *call* makes goes anywhere but into a local variable."""
    ancestors = Surroundings(module).ancestors(call)
    parent = ancestors[0]
    if isinstance(parent, (ast.Expr, ast.Return)):
        return False
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    if len(targets) != 1 or not isinstance(targets[0], ast.Name):
        return True
    function = next((node for node in ancestors if isinstance(node, _FUNCTIONS)), None)
    return function is None or _is_given(project, module, function, targets[0].id)


def _is_given(project: Project, module: Module, function: FunctionNode, name: str) -> bool:
    """Tell whether *function* puts what *name* is into something, or gives it to somebody."""
    for node in walk(function):
        if isinstance(node, ast.Assign) and _is_name(node.value, name):
            if not all(isinstance(target, ast.Name) for target in node.targets):
                return True
        elif (
            isinstance(node, ast.Call)
            and any(_is_name(one, name) for one in elements_given(node))
            and _name_of(node.func)
            and project.class_named(module, node.func) is None
        ):
            return True
    return False


def _name_of(func: ast.expr) -> str:
    """Return what a function is called; nothing, if it is a base class's constructor or one of Python's own."""
    if isinstance(func, ast.Attribute):
        return "" if func.attr == "__init__" else func.attr
    return func.id if isinstance(func, ast.Name) and not hasattr(builtins, func.id) else ""


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _counted(definition: Definition, *, own: bool) -> set[str]:
    """Return the names of what *definition* adds to: others' attributes and variables, and its *own* perhaps."""
    targets = [node.target for node in walk(definition.function) if isinstance(node, ast.AugAssign)]
    if not own:
        targets = [target for target in targets if self_attribute(target, definition.self_name) is None]
    names = [target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "") for target in targets]
    return {name for name in names if name}


def _looked_at(sessions: Sequence[Hierarchy]) -> set[str]:
    """Return the names of what the handlers of sessions read."""
    names = set()
    for hierarchy in sessions:
        constructing = _constructing(hierarchy)
        for definition in hierarchy.definitions():
            for node in walk(definition.function) if definition not in constructing else ():
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    names.add(node.attr)
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    names.add(node.id)
    return names
