"""Whether a new connection changes what others see, before it has said a word.

A session that enters a list as it is made gets whatever others tell everybody from then on, and is counted.
asyncore accepted before it read, so it was there in time. asyncio makes a session some turns of the event loop
after it has accepted, and in between may come what another one handles.
"""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings, outline_of
from asyncore_codemods.analyse.values.syntax import elements_given, last_name, self_attribute
from asyncore_codemods.nodes import FUNCTIONS, is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.model.programs import ListenerFacts

    Accepting = tuple[Hierarchy, ListenerFacts]

_CHANGING = ("add", "append", "appendleft", "clear", "discard", "insert", "pop", "remove", "update")


def where_entered(
    project: Project, modules: Sequence[Module], sessions: Sequence[Hierarchy], listeners: Sequence[Accepting]
) -> set[str]:
    """Return the names of what *sessions* enter as they are made, or are put into by *listeners*."""
    names: set[str] = set()
    for hierarchy in sessions:
        for definition in constructing(hierarchy):
            names |= _given_to(project, modules, definition.module, definition.function, definition.self_name)
    for _, facts in listeners:
        names = names.union(*(accept.entered for accept in facts.accepts))
        for place in [*(site.call for site in facts.sites), *(m for accept in facts.accepts for m in accept.made)]:
            module = project.module_at(place.path)
            names |= _kept_in(project, modules, module, Surroundings(module).call_at(place.span))
    return names


def where_counted(sessions: Sequence[Hierarchy], listeners: Sequence[Accepting]) -> set[str]:
    """Return the names of the numbers that *sessions* or *listeners* change for each session that is made."""
    names: set[str] = set()
    for hierarchy in sessions:
        names = names.union(*(_counted(definition, own=False) for definition in constructing(hierarchy)))
    for hierarchy, facts in listeners:
        places = [accept.place for accept in facts.accepts]
        accepting = (d for d in hierarchy.definitions() if d.place(d.function) in places)
        names = names.union(*(_counted(definition, own=True) for definition in accepting))
    return names


def constructing(hierarchy: Hierarchy) -> set[Definition]:
    """Return the constructors, and the methods of the author's own that they call."""
    found: set[Definition] = set()
    queue = list(hierarchy.methods.get("__init__", ()))
    while queue:
        definition = queue.pop()
        if definition not in found:
            found.add(definition)
            calls = (node for node in walk(definition.function, ast.Call))
            called = {self_attribute(call.func, definition.self_name) for call in calls}
            queue += [other for name in called if name for other in hierarchy.methods.get(name, ())]
    return found


def _kept_in(project: Project, modules: Sequence[Module], module: Module, call: ast.Call) -> set[str]:
    """Return the names of what the session that *call* makes goes into, other than local variables."""
    ancestors = Surroundings(module).ancestors(call)
    parent = ancestors[0]
    if isinstance(parent, (ast.Expr, ast.Return)):
        return set()
    function = next((node for node in ancestors if isinstance(node, FUNCTIONS)), None)
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    if function is not None and len(targets) == 1 and isinstance(targets[0], ast.Name):
        return _given_to(project, modules, module, function, targets[0].id)
    holders = [*targets, *(node.func for node in ancestors if isinstance(node, ast.Call))]
    return {name for holder in holders for name in _entered_at(modules, holder)}


def _given_to(
    project: Project, modules: Sequence[Module], module: Module, function: FunctionNode, name: str
) -> set[str]:
    """Return the names of what *function* puts *name* into, or of those to whom it gives that."""
    found: set[str] = set()
    for node in walk(function):
        if isinstance(node, ast.Assign) and _is_name(node.value, name):
            targets = [target for target in node.targets if not isinstance(target, ast.Name)]
            found.update(one for target in targets for one in _entered_at(modules, target))
        elif (
            isinstance(node, ast.Call)
            and any(_is_name(one, name) for one in elements_given(node))
            and _name_of(node.func)
            and project.class_named(module, node.func) is None
        ):
            found.update(_entered_at(modules, node.func))
    return found


def _entered_at(modules: Sequence[Module], holder: ast.expr) -> set[str]:
    """Return the name of what is assigned to or added to, or of what a function of the program changes."""
    if isinstance(holder, ast.Attribute) and holder.attr in _CHANGING:
        return {last_name(holder.value)}
    name = last_name(holder.value if isinstance(holder, ast.Subscript) else holder)
    called = [function for module in modules for function in outline_of(module).functions.get(name, ())]
    return {name}.union(*(_names(_changed_in(function)) for function in called))


def _changed_in(node: ast.AST) -> list[ast.expr]:
    """Return the expressions in *node* that it only adds something to, takes something from, or gives a value."""
    changed: list[ast.expr] = []
    for inner in walk(node):
        if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call):
            func = inner.value.func
            changed += [func.value] if isinstance(func, ast.Attribute) and func.attr in _CHANGING else []
        elif isinstance(inner, (ast.Subscript, ast.Attribute, ast.Name)) and is_stored(inner):
            changed.append(inner.value if isinstance(inner, ast.Subscript) else inner)
    return changed


def _names(nodes: Iterable[ast.expr]) -> set[str]:
    return {last_name(node) for node in nodes} - {""}


def _name_of(func: ast.expr) -> str:
    """Return what a function is called; nothing, if it is a base class's constructor or one of Python's own."""
    if isinstance(func, ast.Attribute):
        return "" if func.attr == "__init__" else func.attr
    return func.id if isinstance(func, ast.Name) and not hasattr(builtins, func.id) else ""


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _counted(definition: Definition, *, own: bool) -> set[str]:
    """Return the names of what *definition* adds to: others' attributes and variables, and its *own* perhaps."""
    targets = [node.target for node in walk(definition.function, ast.AugAssign)]
    if not own:
        targets = [target for target in targets if self_attribute(target, definition.self_name) is None]
    names = [target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "") for target in targets]
    return {name for name in names if name}


def names_asked(node: ast.AST) -> set[str]:
    """Return the names of what *node* looks at, rather than only changes."""
    changed = {id(one) for one in _changed_in(node)}
    return _names(n for n in walk(node, (ast.Attribute, ast.Name)) if id(n) not in changed)
