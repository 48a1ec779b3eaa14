"""Parameters that nobody gives: `def __init__(self, sock, map=None)`, passed on to the base class as it is."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.class_aliases import aliases_of, is_one
from asyncore_codemods.analyse.families.mixins import constructing
from asyncore_codemods.analyse.values.syntax import last_name, values_given
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import ClassEntry


def spare_parameter(hierarchy: Hierarchy, member: ClassEntry, name: str) -> Place | None:
    """Return where the constructor of *member* has a parameter *name* that is None for good, or None.

    It has to be the last one, be used for nothing else, and have None for its default value.
    """
    function = next((d.function for d in hierarchy.methods.get("__init__", ()) if d.entry is member), None)
    if function is None or not function.args.args or function.args.vararg or function.args.kwonlyargs:
        return None
    last = function.args.args[-1]
    default = function.args.defaults[-1] if function.args.defaults else None
    if last.arg != name or not isinstance(default, ast.Constant) or default.value is not None:
        return None
    uses = [node for node in walk(function, ast.Name) if node.id == name]
    handed_on = [
        value
        for node in walk(function, ast.Call)
        if getattr(node.func, "attr", "") == "__init__"
        for value in values_given(node)
    ]
    most = len(function.args.args) - 2  # arguments that leave it alone, self not counted
    if not all(any(use is value for value in handed_on) for use in uses) or any(
        _may_give(call, name, most) for call in _calls(hierarchy, member)
    ):
        return None
    return Place(str(member.module.path), member.module.source.span(last))


def _calls(hierarchy: Hierarchy, member: ClassEntry) -> list[ast.Call | None]:
    """Return the calls that make *member* or go to its constructor; None stands for one that cannot be seen."""
    names = {entry.qualname for entry in [member, *member.descendants()] if constructing(entry) is member}
    modules = list(hierarchy.project.modules.values())
    aliases = aliases_of(hierarchy.project, modules, names)
    calls = [(module, n) for module in modules for n in walk(module.source.tree, ast.Call)]
    found: list[ast.Call | None] = [
        call
        for module, call in calls
        if _goes_to(hierarchy, module, call, names) or last_name(call.func) in (aliases or ())
    ]
    return [*found, None] if aliases is None else found


def _goes_to(hierarchy: Hierarchy, module: Module, call: ast.Call, names: set[str]) -> bool:
    if is_one(hierarchy.project, module, call.func, names):
        return True
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr != "__init__":
        return False
    is_super = isinstance(func.value, ast.Call)
    return is_super or is_one(hierarchy.project, module, func.value, names)


def _may_give(call: ast.Call | None, name: str, most: int) -> bool:
    if call is None or any(isinstance(argument, ast.Starred) for argument in call.args):
        return True
    func = call.func
    names_self = (
        isinstance(func, ast.Attribute) and func.attr == "__init__" and not isinstance(func.value, ast.Call)
    )
    return len(call.args) > most + names_self or any(keyword.arg in (None, name) for keyword in call.keywords)
