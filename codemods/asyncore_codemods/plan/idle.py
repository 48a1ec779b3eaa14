"""Dispatchers that never get a socket: no map has them, no loop serves them, and they need no base class.

Much-read books begin with one: `class Server(asyncore.dispatcher): pass`, and a loop that ends at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.constructions import constructions
from asyncore_codemods.analyse.families.hierarchies import reaches_removed_class
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.members import drop_bases
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


def plan_idle(hierarchy: Hierarchy, outside: list[OutsideUse]) -> IdlePlan | list[Reason]:
    """Return the plan for *hierarchy*, or who may give it a socket."""
    inherited = legacy.inherited_names(hierarchy.root) - set(hierarchy.methods)
    reasons = [
        Reason(Code.EXTERNAL_USE, f"its {use.name} is used from outside", use.place)
        for use in outside
        if use.name in inherited and use.may_be(hierarchy.names)
    ]
    if reasons:
        return reasons
    plan = IdlePlan(hierarchy, Changes())
    calls = [Place(str(entry.module.path), use.statement) for entry, use in hierarchy.uses("__init__")]
    plan.changes.remove(calls)
    drop_bases(hierarchy, plan.changes)
    return plan
