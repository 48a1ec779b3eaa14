"""What differs in a rewritten session, and whether that has been asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.lifetime.twice import is_noticed_twice, uses_poll
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.plan.members import class_place
from asyncore_codemods.plan.sessions.sessions import SessionPlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module
    from asyncore_codemods.model.programs import ListenerFacts, LoopSite
    from asyncore_codemods.options import Options
    from asyncore_codemods.plan.program_plan import HierarchyPlan

# What keeps a session on the bridge unless --unsafe permits the difference
UNSAFE = {
    Code.HANDLE_ERROR: Code.AFTER_ERROR,
    Code.HANDLE_CLOSE: Code.AT_END,
    Code.TEXT_MODE: Code.AS_UTF8,
}


def name_unsent(planned: HierarchyPlan, loops: Sequence[LoopSite]) -> None:
    """A loop that is left by a flag, behind any pass, left what was in a dispatcher's own buffer unsent."""
    hierarchy, plan = planned.hierarchy, planned.plan
    polled = [site.block for site in loops if site.polling is not None]
    leaves = any(block is None or not block.is_endless for block in polled)
    if leaves and isinstance(plan, SessionPlan) and hierarchy.root == legacy.DISPATCHER:
        differences = plan.description.differences
        if hierarchy.overrides("handle_write") and Code.UNSENT not in differences:
            differences.append(Code.UNSENT)


def name_sent_past(sessions: Sequence[HierarchyPlan], facts: ListenerFacts) -> None:
    """What is sent to the sockets in a list waits for who does not read; they dropped what had no room."""
    sent_to = {name for accept in facts.accepts if accept.sends for site in accept.sites for name in site.classes}
    for planned in sessions:
        if isinstance(planned.plan, SessionPlan) and planned.hierarchy.names & sent_to:
            differences = planned.plan.description.differences
            differences += [Code.UNSENT] if Code.UNSENT not in differences else []


def name_closed_twice(planned: HierarchyPlan, modules: Sequence[Module]) -> None:
    """A loop that uses poll() may call handle_close() twice, where rewritten code does so once."""
    hierarchy, plan = planned.hierarchy, planned.plan
    if isinstance(plan, SessionPlan) and is_noticed_twice(hierarchy) and uses_poll(hierarchy.project, modules):
        plan.description.differences.append(Code.ONCE)


def check_tier(planned: HierarchyPlan, options: Options) -> None:
    """Keep a session on the bridge that can only be rewritten with a difference nobody has asked for."""
    for code, difference in UNSAFE.items():
        given = isinstance(planned.plan, SessionPlan) and difference in planned.plan.description.differences
        if given and (options.exact or not options.unsafe):
            how = "but not exactly" if options.exact else "with --unsafe"
            message = f"can become asyncio streams code, {how} ({difference})"
            planned.reasons.append(Reason(code, message, class_place(planned.hierarchy.top)))
