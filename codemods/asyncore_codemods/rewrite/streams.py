"""Complete a program's changes: print the descriptions, and have the loops run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.analyse.listening.socket_lists import SEND_TO
from asyncore_codemods.analyse.usage.error_words import is_caught_where_made
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.listeners import ListenerPlan
from asyncore_codemods.plan.looping.loop_sites import UNTIL_EMPTY
from asyncore_codemods.plan.mail.mail_servers import MailServerPlan
from asyncore_codemods.plan.objects import has_helper
from asyncore_codemods.plan.protocols.datagrams import DatagramPlan
from asyncore_codemods.plan.protocols.pipes import PipePlan
from asyncore_codemods.plan.sessions.sessions import SessionPlan
from asyncore_codemods.printer import (
    HELPERS,
    closing_lines,
    constructor,
    constructor_lines,
    datagram_methods,
    helper_name,
    listener_methods,
    pipe_methods,
    registry_methods,
    server_registry,
    session_methods,
    watch_methods,
)
from asyncore_codemods.rewrite.mail_servers import add_mail
from asyncore_codemods.rewrite.producers import replace_simple_producers
from asyncore_codemods.rewrite.startups import add_startup, tasks_for

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index import Project
    from asyncore_codemods.model.programs import ModuleUse
    from asyncore_codemods.plan.changes import FileChanges
    from asyncore_codemods.plan.program_plan import HierarchyPlan, ProgramPlan
    from asyncore_codemods.spans import Span

UNTIL_EMPTY_CALL = f"{UNTIL_EMPTY}()"
_ACCEPTING_FIRST = f"{UNTIL_EMPTY}(accept_first=True)"


def complete_changes(project: Project, program: ProgramPlan, target: tuple[int, int]) -> Changes:
    """Return everything that must happen to the files of a program that is rewritten, to run on Python *target*."""
    changes = Changes()
    changes.merge(program.changes)
    coroutines: dict[str, str] = {}  # class -> the method that the loop runs
    for planned in program.converted:
        method = _add_class(changes, program, planned, target)
        coroutines.update(dict.fromkeys(planned.hierarchy.names, method) if method else {})
    add_mail(changes, program.converted)
    _add_loops(project, changes, program, coroutines)
    if not program.bridged:
        replace_simple_producers(project, changes, program.harmless_uses)
    _remove_uses(changes, program)
    return changes


def _add_class(changes: Changes, program: ProgramPlan, planned: HierarchyPlan, target: tuple[int, int]) -> str:
    """Add what a class needs; return the method that the loop runs, "" if it runs none."""
    plan, is_started = planned.plan, any(planned.hierarchy is hierarchy for hierarchy, _ in program.started)
    if isinstance(plan, SessionPlan):
        has_task = any(startup.site.polling is not None or startup.site.last for startup in program.startups)
        if is_started or has_task or is_caught_where_made(planned.hierarchy):
            _look_up(changes, plan)
        _add_session(changes, plan, target)
        return plan.description.run
    if isinstance(plan, ListenerPlan):
        if is_started or (plan.description.can_run and _has_alternative(program, planned.hierarchy)):
            plan.description.serve = "run"
        if plan.description.has_threads:
            plan.description.waits = any(startup.site.repeats for startup in program.startups)
        elif is_started or plan.description.loop or program.closes_early(planned.hierarchy):
            _may_wait(changes, plan)
        _add_listener(changes, plan)
    elif isinstance(plan, DatagramPlan):
        if is_started:
            _receive_later(changes, plan)
        _add_protocol(changes, plan, datagram_methods(plan.description))
    elif isinstance(plan, PipePlan):
        if is_started:
            _read_later(changes, plan)
        printed = watch_methods if plan.description.watches else pipe_methods
        _add_protocol(changes, plan, printed(plan.description))
    elif not isinstance(plan, MailServerPlan):
        return ""
    return plan.description.serve


def _add_loops(project: Project, changes: Changes, program: ProgramPlan, coroutines: dict[str, str]) -> None:
    """Have asyncio run what the loops drove, and start what was made elsewhere."""
    for startup in program.startups:
        on_the_bridge = _ACCEPTING_FIRST if program.accepts_first else UNTIL_EMPTY_CALL
        beside = [on_the_bridge] if program.bridged else []
        tasks = "repeated_tasks" if len(program.startups) > 1 else tasks_for(startup.site.polling)
        home = program.homes.get(startup.site.place.path)
        starts = tasks if program.started else ""
        add_startup(project, changes, startup, coroutines, beside, starts=starts, home=home)
    told = {one.made: one for planned in program.converted for one in planned.dialled}
    for _, place in program.started:
        if place in told:  # it has not been told to connect before
            statement = told[place].place
            changes.of(place.path).statements[statement.span] += f"\ntasks.start({told[place].own})"
        else:
            changes.of(place.path).enclosed[place.span] = "tasks.start"


def _remove_uses(changes: Changes, program: ProgramPlan) -> None:
    """Take away the calls of close_all(), or close the listeners that are left for it to close."""
    for use in program.removed_uses:
        file, closed = changes.of(use.place.path), _closed_by(program, use)
        if closed:
            file.statements[use.statement] = "\n".join(f"{text}.socket.close()" for text in closed)
        else:
            file.removed.add(use.statement)
            file.gone.add(use.statement)


def _has_alternative(program: ProgramPlan, hierarchy: Hierarchy) -> bool:
    """Tell whether what the loop runs may be of *hierarchy*, or else of another one, in the branches of an `if`."""
    roots = [root.classes for startup in program.startups for root in startup.roots]
    return any(not classes.isdisjoint(hierarchy.names) and not classes <= hierarchy.names for classes in roots)


def _closed_by(program: ProgramPlan, use: ModuleUse) -> list[str]:
    """Return what close_all() closes behind a polled loop, even if that has not served it yet.

    Those are mail servers, and the listeners of a loop in a thread: the program goes on without them. Everything
    else that it would close, asyncio.run() and the end of its tasks have closed.
    """
    kinds = (MailServerPlan, ListenerPlan, DatagramPlan)
    closed = {n for h in program.converted if isinstance(h.plan, kinds) for n in h.hierarchy.names}
    mail = {n for h in program.converted if isinstance(h.plan, MailServerPlan) for n in h.hierarchy.names}
    for startup in program.startups:
        site = startup.site
        is_behind = (site.place.path, site.scope) == (use.place.path, use.scope) and site.polling is not None
        if is_behind and site.block is not None and not site.block.place.span.contains(use.statement):
            kept = [root for root in startup.roots if not root.each and root.collected is None]
            return [root.text for root in kept if root.classes <= (closed if site.is_apart else mail)]
    return []


def _add_session(changes: Changes, plan: SessionPlan, target: tuple[int, int]) -> None:
    description, hierarchy = plan.description, plan.hierarchy
    file = changes.of(description.place.path)
    methods, helpers = session_methods(description, target)
    for place in plan.construction.base_calls:
        lines = constructor_lines(description, _own_name(hierarchy))
        mixins = plan.construction.mixin_calls.get(place)
        changes.of(place.path).statements[place.span] = f"{mixins}\n{lines}" if mixins else lines
    if description.registry:
        file.methods.setdefault(description.place.span, []).extend(registry_methods(description))
    init = _method_span(hierarchy, "__init__")
    if init is None:
        methods.insert(0, constructor(description))
        file.methods.setdefault(description.place.span, []).extend(methods)
    else:
        file.methods.setdefault(init, []).extend(methods)
    module = hierarchy.top.module
    _add_helpers(file, [name for name in helpers if not has_helper(module, name)])
    for member in hierarchy.members:
        path = str(member.module.path)
        if path in description.checks and not has_helper(member.module, "checked_terminator"):
            _add_helpers(changes.of(path), ["checked_terminator"])


def _look_up(changes: Changes, plan: SessionPlan) -> None:
    """Have the constructor of a client raise for a host that is not known: run() would not tell its maker."""
    connection = plan.description.connection
    if connection is None or connection.knows_host:
        return
    connection.looks_up = True
    for dialled in connection.dialled:
        check = f"socket.gethostbyname({dialled.own}.{connection.address}[0])"
        text = f"\n# raises, as connect() did, if there is no such host\n{check}"
        changes.of(dialled.place.path).statements[dialled.place.span] += text


def _may_wait(changes: Changes, plan: ListenerPlan) -> None:
    """Have a listener that serves a little later, or perhaps never, know that it does not serve yet."""
    description = plan.description
    if not description.closes or description.has_threads:
        return
    description.waits = True
    _behind_socket(changes, plan, f"{{own}}.{description.server} = None  # until it serves")


def _behind_socket(changes: Changes, plan: ListenerPlan, line: str) -> None:
    """Put *line* behind the statements that make the sockets of listeners, with their names for `{own}`."""
    if plan.description.constructor:
        plan.description.constructor.append(line.format(own="self"))
        return
    for setup in plan.facts.setups:
        made = [place for name, place, _ in setup.steps if name == "create_socket"]
        if not all(place.span in changes.of(place.path).statements for place in made):
            made = [setup.statements["bind"]]  # where socket.create_server() does all of it
        for place in made:
            changes.of(place.path).statements[place.span] += "\n" + line.format(own=setup.owner)


def _receive_later(changes: Changes, plan: DatagramPlan) -> None:
    """Have a socket that is started, and so receives a little later, know that it does not receive yet."""
    description, hierarchy = plan.description, plan.hierarchy
    description.serve, description.is_started = "run", True
    for entry, use in hierarchy.uses("create_socket") if not description.waits else ():
        place = hierarchy.place(entry, use)
        changes.of(place.path).statements[use.statement] += "\nself.transport = None  # until it receives"
    description.waits = True


def _read_later(changes: Changes, plan: PipePlan) -> None:
    """Have a pipe that is started, and so reads a little later, know that it does not read yet."""
    description = plan.description
    description.serve, description.waits = "run", description.may_end_early
    unset = description.finished if description.watches else "transport"
    for place in description.opened if description.waits else ():
        text = f"\nself.{unset} = None  # until it reads\nself.closed = False"
        changes.of(place.path).statements[place.span] += text


def _add_listener(changes: Changes, plan: ListenerPlan) -> None:
    description = plan.description
    file = changes.of(description.place.path)
    if description.registry:
        file.methods.setdefault(description.place.span, []).extend(server_registry(description))
        kept = f"{description.name}.{description.registry}"
        _behind_socket(changes, plan, f"{kept} = (*{kept}, {{own}})")
    if description.loop:
        _behind_socket(
            changes, plan, f"{{own}}.{description.loop} = asyncio.new_event_loop()  # other threads ask it"
        )
    if description.has_threads:
        _behind_socket(changes, plan, f"{{own}}.{description.stopping} = concurrent.futures.Future()")
    after = _method_span(plan.hierarchy, plan.facts.setups[0].method) or _method_span(plan.hierarchy, "__init__")
    file.methods.setdefault(after or description.place.span, []).extend(listener_methods(description))
    for path in sorted({path for accept in plan.facts.accepts for path in accept.sends}):
        if not has_helper(plan.hierarchy.project.module_at(path), SEND_TO):
            _add_helpers(changes.of(path), [SEND_TO])
    for place, own in description.closing:
        changes.of(place.path).statements[place.span] = "\n".join(closing_lines(description, own))


def _add_protocol(changes: Changes, plan: DatagramPlan | PipePlan, methods: list[str]) -> None:
    file = changes.of(plan.description.place.path)
    after = _method_span(plan.hierarchy, "__init__")
    file.methods.setdefault(after or plan.description.place.span, []).extend(methods)
    if plan.description.lets_in and not has_helper(plan.hierarchy.top.module, "call_in_turn"):
        _add_helpers(file, ["call_in_turn"])


def _method_span(hierarchy: Hierarchy, name: str) -> Span | None:
    method = hierarchy.facts[hierarchy.top.qualname].methods.get(name)
    return method.span if method is not None else None


def _own_name(hierarchy: Hierarchy) -> str:
    init = hierarchy.facts[hierarchy.top.qualname].methods.get("__init__")
    return init.self_name if init is not None else "self"


def _add_helpers(file: FileChanges, names: list[str]) -> None:
    for name in names:
        called, able = helper_name(name), list(HELPERS.values())
        # of two that are called the same, the later one does all that the other does
        file.functions[called] = max(HELPERS[name], file.functions.get(called, HELPERS[name]), key=able.index)
