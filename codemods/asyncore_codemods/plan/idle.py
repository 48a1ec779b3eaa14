"""Dispatchers that never get a socket: no map has them, no loop serves them, and they need no base class.

Much-read books begin with one: `class Server(asyncore.dispatcher): pass`, and a loop that ends at once.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.constructions import constructions
from asyncore_codemods.analyse.families.hierarchies import reaches_removed_class
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.members import class_place, drop_bases
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse


@dataclass
class IdlePlan:
    """Classes that lose their base class."""

    hierarchy: Hierarchy
    changes: Changes


def is_idle(hierarchy: Hierarchy) -> bool:
    """Tell whether the classes use nothing that they inherit, and all objects are made without a socket."""
    if hierarchy.root not in (legacy.DISPATCHER, legacy.DISPATCHER_WITH_SEND) or hierarchy.bases:
        return False
    for entry, use in hierarchy.uses():
        is_made = use.name == "__init__" and use.kind is Kind.BASE_CALL and use.method == "__init__" and use.alone
        if not is_made or use.arguments or not reaches_removed_class(entry, use):
            return False
    made = 0
    for member in hierarchy.members:
        calls = constructions(hierarchy.project).of(member)
        known = (*legacy.CLASSES, "object", *hierarchy.names)
        if not all(base in known for base in member.bases):
            return False
        has_own = any(_has_constructor(hierarchy, entry.qualname) for entry in member.lineage())
        if calls is None or (not has_own and any(one.call.args or one.call.keywords for one in calls)):
            return False
        made += len(calls)
    return made > 0


def _has_constructor(hierarchy: Hierarchy, name: str) -> bool:
    return name in hierarchy.facts and "__init__" in hierarchy.facts[name].methods


def _unseen(hierarchy: Hierarchy) -> list[Reason]:
    """Return where an object may be given a socket that cannot be seen: by names in variables, or a constructor."""
    modules = {made.module for m in hierarchy.members for made in constructions(hierarchy.project).of(m) or ()}
    homes = [class_place(member) for member in hierarchy.members]
    reasons = []
    for module in sorted(modules, key=lambda one: str(one.path)):
        for node in walk(module.source.tree):
            place = Place(str(module.path), module.source.span(node)) if isinstance(node, ast.expr) else None
            if place is None or any(home.contains(place) for home in homes):
                continue
            if isinstance(node, ast.Attribute) and node.attr == "__init__":
                reasons.append(Reason(Code.EXTERNAL_USE, "its __init__ may be used from outside", place))
            elif isinstance(node, ast.Call) and _is_dark(node):
                reasons.append(Reason(Code.EXTERNAL_USE, "may be used in a way that cannot be seen", place))
    return reasons


def _is_dark(call: ast.Call) -> bool:
    """Tell whether nobody sees what a call asks for."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    asked = call.args[1] if name == "getattr" and len(call.args) > 1 else None
    return name in ("exec", "eval") or (name == "getattr" and not isinstance(asked, ast.Constant))


def plan_idle(hierarchy: Hierarchy, outside: list[OutsideUse]) -> IdlePlan | list[Reason]:
    """Return the plan for *hierarchy*, or who may give it a socket."""
    inherited = legacy.inherited_names(hierarchy.root) - set(hierarchy.methods)
    reasons = [
        Reason(Code.EXTERNAL_USE, f"its {use.name} is used from outside", use.place)
        for use in outside
        if use.name in inherited and use.may_be(hierarchy.names)
    ]
    reasons += _unseen(hierarchy)
    if reasons:
        return reasons
    plan = IdlePlan(hierarchy, Changes())
    calls = [Place(str(entry.module.path), use.statement) for entry, use in hierarchy.uses("__init__")]
    plan.changes.remove(calls)
    drop_bases(hierarchy, plan.changes)
    return plan
