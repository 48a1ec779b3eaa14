"""Have sessions and protocols wait for those who have connected before, if that makes a difference to anybody.

It does where a session that has just been made is told something by others, or where others look at what it has
entered: how many there are, or who.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.analyse.listening.newcomers import constructing, names_asked, where_counted, where_entered
from asyncore_codemods.plan.listeners import ListenerPlan
from asyncore_codemods.plan.protocols.datagrams import DatagramPlan
from asyncore_codemods.plan.protocols.pipes import PipePlan
from asyncore_codemods.plan.sessions.sessions import SessionPlan
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.plan.program_plan import ProgramPlan
    from asyncore_codemods.plan.threads.reach import Reach

_AT_THE_END = ("close", "handle_close", "handle_error")


def let_in(reach: Reach, program: ProgramPlan, outside: Sequence[OutsideUse]) -> None:
    """Have the sessions among what is converted wait, if others than themselves have to do with them.

    What stays on the bridge waits as well, if it has.
    """
    plans = [planned.plan for planned in program.converted]
    listeners = [(plan.hierarchy, plan.facts) for plan in plans if isinstance(plan, ListenerPlan)]
    sessions = [plan for plan in plans if isinstance(plan, SessionPlan)]
    accepted = [p for p in sessions if p.description.connection is None or p.description.connection.accepts]
    hierarchies = [plan.hierarchy for plan in accepted]
    if not listeners or not hierarchies:
        return
    entered = where_entered(reach.project, program.modules, hierarchies, listeners)
    may_be_told = entered or any(hierarchy.is_looked_for for hierarchy in hierarchies)
    is_told = may_be_told and any(_is_told(plan, outside) for plan in accepted)
    kept = entered | where_counted(hierarchies, listeners)
    walked = {place for hierarchy in hierarchies if hierarchy.is_looked_for for place in hierarchy.walked}
    for plan in sessions:
        one = plan.description
        asks = plan in accepted and not _has_partner(plan) and (kept or walked)
        if is_told or (asks and _looks_around(reach, plan.hierarchy, kept, walked)):
            one.lets_in = one.reads and not one.discards and not one.turns
    bridged = [planned.hierarchy for planned in program.bridged]
    program.accepts_first = any(_looks_around(reach, hierarchy, kept, walked) for hierarchy in bridged)
    for protocol in (plan for plan in plans if isinstance(plan, (DatagramPlan, PipePlan))):
        protocol.description.lets_in = _looks_around(reach, protocol.hierarchy, kept, walked)


def _has_partner(plan: SessionPlan) -> bool:
    """Tell whether a session sends on to another one, which is made for it alone."""
    return bool(plan.description.partner) or plan.description.is_waited_for


def _is_told(plan: SessionPlan, outside: Sequence[OutsideUse]) -> bool:
    """Tell whether others than the session itself, and the one that it sends on to, have it do something."""
    if _has_partner(plan):
        return False
    own = set(plan.hierarchy.methods) | plan.description.outside_methods
    return any(use.name in own and use.may_be(plan.hierarchy.names) for use in outside)


def _looks_around(reach: Reach, hierarchy: Hierarchy, kept: set[str], walked: set[Place]) -> bool:
    """Tell whether what a session receives has it look at what is *kept* of others, or *walked* through."""
    starts = [
        (definition.module, definition.function)
        for definition in hierarchy.definitions()
        if definition.function.name not in _AT_THE_END and definition not in constructing(hierarchy)
    ]
    return any(
        not kept.isdisjoint(names_asked(region))
        or any(Place(str(module.path), module.source.span(region)).contains(place) for place in walked)
        for module, region in reach.of(starts).regions
    )
