"""Have threads ask the loop's for what they did with sessions themselves, where these know their event loop.

Sessions take the loop that runs when they are made. The one client or listener of a program makes and runs its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.plan.description import ListenerDescription, SessionDescription
from asyncore_codemods.plan.listeners import ListenerPlan
from asyncore_codemods.plan.sessions.sessions import SessionPlan
from asyncore_codemods.plan.threads.leaving import may_be_left

if TYPE_CHECKING:
    from asyncore_codemods.options import Options
    from asyncore_codemods.plan.program_plan import ProgramPlan
    from asyncore_codemods.plan.threads.crossings import Crossings


def let_threads_ask(program: ProgramPlan, crossings: Crossings, options: Options) -> None:
    """Give what is rewritten the event loop that threads ask, or *program* the reason why it cannot have one."""
    if not crossings or not program.converted:
        return
    if program.bridged:
        _refuse(program, crossings, "threads use its sessions, and some of its classes stay on the bridge")
        return
    for planned in program.converted:
        if isinstance(planned.plan, SessionPlan) and planned.role == "session":
            if crossings.asks_sessions:
                planned.plan.description.loop = crossings.loop
                planned.plan.description.call = crossings.call
                if any(startup.site.is_apart for startup in program.startups):
                    _note_left(program, crossings, options, planned.plan.description)
        elif isinstance(planned.plan, SessionPlan) or (
            isinstance(planned.plan, ListenerPlan) and crossings.asks_listener
        ):
            _run_own_loop(program, crossings, options, planned.plan.description)


def _refuse(program: ProgramPlan, crossings: Crossings, message: str) -> None:
    program.reasons.append(Reason(Code.THREADS, f"the program's {message}", crossings.uses[0].place))


def _run_own_loop(
    program: ProgramPlan,
    crossings: Crossings,
    options: Options,
    description: SessionDescription | ListenerDescription,
) -> None:
    """Have the one client or listener, of which threads ask something, run an event loop that it has made."""
    sites = [startup.site for startup in program.startups]
    roots = [root for startup in program.startups for root in startup.roots]
    alone = len(sites) == len(roots) == 1 and not program.started
    plain = alone and all(one is None for one in (sites[0].block, sites[0].polling, sites[0].handed))
    one = plain and not roots[0].each and roots[0].collected is None and roots[0].inlined is None
    if isinstance(description, ListenerDescription) and sites and sites[0].is_apart:
        one = False  # the rest of the program would find its port in use for another moment
    if not one or (sites[0].guarded and not sites[0].is_apart) or "asyncio.run" not in sites[0].template:
        _refuse(program, crossings, "threads use a channel that is not alone in its loop, or outlives that")
        return
    if isinstance(description, SessionDescription) and sites[0].is_apart:
        _note_left(program, crossings, options, description)
    description.loop = crossings.loop
    run = f"{roots[0].text}.{crossings.loop}.run_until_complete"
    sites[0].template = sites[0].template.replace("asyncio.run", run)


def _note_left(
    program: ProgramPlan, crossings: Crossings, options: Options, description: SessionDescription
) -> None:
    """Note that the program may end before the thread of the loop has sent what others push."""
    if not may_be_left(crossings.project, program.modules, crossings.uses):
        return
    description.differences.append(Code.AT_END)
    if options.exact or not options.unsafe:
        role = "client" if crossings.is_client else "sessions"
        message = f"a daemon thread runs the loop while others push to its {role} ({Code.AT_END})"
        program.reasons.append(Reason(Code.THREADS, message, crossings.uses[0].place))
