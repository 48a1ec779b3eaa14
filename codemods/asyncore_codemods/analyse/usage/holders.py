"""Who may have hold of an object: whoever makes it, and those whom it is given, by its maker or by itself.

`bot = Bot(); bot.run()`: that is all that is done with a client before it is connected. A plugin that gets the bot
from the handler of a command has it from then on, and not before. `Session(sock)` is one that nobody else ever has.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.constructions import calls_of_classes
from asyncore_codemods.analyse.values.syntax import declared_global, parent_map
from asyncore_codemods.model.programs import Mention
from asyncore_codemods.nodes import FUNCTIONS, walk
from asyncore_codemods.spans import Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index import Module

# What is done with a class that gives nobody an object of it unseen, nor the class
_IN_SIGHT = (Mention.BASE, Mention.BASE_CALL, Mention.CONSTRUCTED, Mention.CHECKED)


def possible_uses(hierarchy: Hierarchy, outside: list[OutsideUse], references: References) -> list[OutsideUse]:
    """Return the *outside* uses without those of unknown objects, if no object of these classes can be one."""
    mentions = [one.mention for name in hierarchy.names for one in references.mentions.get(name, ())]
    if hierarchy.walked or hierarchy.mixed_in or not set(mentions).issubset(_IN_SIGHT):
        return outside
    if gives_itself_away(hierarchy, hierarchy.definitions()):
        return outside
    made = uses_by_makers(hierarchy, outside)
    return outside if made is outside else [use for use in outside if use.receivers is not None or use in made]


def uses_by_makers(hierarchy: Hierarchy, outside: list[OutsideUse]) -> list[OutsideUse]:
    """Return those of the *outside* uses that whoever makes a client may make of it; all, if it passes it on."""
    places: list[Place] = []
    calls = hierarchy.project.once(calls_of_classes)
    for module, call in (made for entry in hierarchy.members for made in calls.get(entry, ())):
        kept = _kept_in(hierarchy, module, parent_map(module.source.tree), call)
        if kept is None:
            return outside
        places.append(kept)
    known = [use for use in outside if any(place.contains(use.place) for place in places)]
    return known if places else outside


def gives_itself_away(hierarchy: Hierarchy, definitions: Iterable[Definition]) -> bool:
    """Tell whether one of these methods hands its object on, or its class, or a method, but to a base class."""
    return any(_gives_away(hierarchy, definition) for definition in definitions)


def _kept_in(
    hierarchy: Hierarchy, module: Module, parents: Mapping[ast.AST, ast.AST], call: ast.Call
) -> Place | None:
    """Return the function or the module that keeps to itself what *call* makes, None if it does not."""
    statement, scope = parents[call], parents[call]
    while not isinstance(scope, (*FUNCTIONS, ast.Module)):
        if isinstance(scope, (ast.Lambda, ast.ClassDef)):
            return None
        scope = parents[scope]
    whole = Span(1, 0, len(module.source.lines) + 1, 0)
    place = Place(str(module.path), whole if isinstance(scope, ast.Module) else module.source.span(scope))
    if isinstance(statement, ast.Expr):
        return place
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if not isinstance(target, ast.Name) or _is_shared(hierarchy, module, scope, target.id):
        return None
    for node in walk(scope, ast.Name):
        if node.id == target.id and isinstance(node.ctx, ast.Load):
            outer = parents[node]
            called = isinstance(parents[outer], ast.Call) and getattr(parents[outer], "func", None) is outer
            is_read = isinstance(outer, ast.Attribute) and not _is_method(hierarchy, outer.attr)
            if not isinstance(outer, ast.Attribute) or not (called or is_read):
                return None
    return place


def _is_shared(hierarchy: Hierarchy, module: Module, scope: ast.AST, name: str) -> bool:
    """Tell whether other functions may know a variable of *scope*."""
    if name in declared_global(module.source.tree):
        return True
    return isinstance(scope, ast.Module) and any(
        (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.ImportFrom) and any(alias.name in (name, "*") for alias in node.names))
        for other in hierarchy.project.modules.values()
        if other is not module
        for node in walk(other.source.tree)
    )


def _is_method(hierarchy: Hierarchy, name: str) -> bool:
    return name in hierarchy.methods or name.startswith(("push", "close", "handle_", "send"))


def _gives_away(hierarchy: Hierarchy, definition: Definition) -> bool:
    parents = parent_map(definition.function)
    for node in walk(definition.function, ast.Name):
        if node.id != definition.self_name:
            continue
        outer = parents[node]
        if isinstance(outer, ast.Attribute):
            call = parents[outer]
            is_given = isinstance(call, ast.keyword) or (isinstance(call, ast.Call) and outer in call.args)
            if outer.attr == "__class__" or (is_given and _is_method(hierarchy, outer.attr)):
                return True
        elif not (isinstance(outer, ast.Call) and _is_base_call(outer, node)):
            return True
    return False


def _is_base_call(call: ast.Call, node: ast.Name) -> bool:
    """Tell whether *call* is `Base.method(self, ...)` or `super(Class, self)`."""
    if isinstance(call.func, ast.Attribute):
        is_own = call.func.attr.startswith(("__init__", "handle_", "push"))
        return is_own and bool(call.args) and call.args[0] is node
    return isinstance(call.func, ast.Name) and call.func.id == "super"
