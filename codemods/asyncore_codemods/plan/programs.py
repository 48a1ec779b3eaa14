"""Decide what becomes of a program: its listeners, their sessions and the loop that drives them.

A program is a set of modules that import each other. A family of its classes, a listener and the sessions it makes
for instance, is rewritten as a whole or stays on the bridge as a whole; all families share one event loop.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.clients.taking_over import takes_over
from asyncore_codemods.analyse.families.common_bases import below_common_base
from asyncore_codemods.analyse.families.factories import Factories
from asyncore_codemods.analyse.families.hierarchies import Hierarchy, build_hierarchy
from asyncore_codemods.analyse.families.references import References, read_references
from asyncore_codemods.analyse.lifetime.endings import raised_errors
from asyncore_codemods.analyse.lifetime.log_output import HUSH, log_output
from asyncore_codemods.analyse.lifetime.tracebacks import replaced_tracebacks
from asyncore_codemods.analyse.looping.behind import leavings
from asyncore_codemods.analyse.looping.early_closing import early_closes, is_never_closed
from asyncore_codemods.analyse.looping.loops import read_loops
from asyncore_codemods.analyse.looping.private_map import read_private_map, share_meaning
from asyncore_codemods.analyse.mail.mail_maps import read_mail_maps
from asyncore_codemods.analyse.output.holding_back import read_holding_back
from asyncore_codemods.analyse.output.pairs import Paired, merge, read_pairs
from asyncore_codemods.analyse.usage.outside import OutsideUse, outside_uses, public_calls, uses_of_others
from asyncore_codemods.codes import Code
from asyncore_codemods.index.handed_on import loads_by_name
from asyncore_codemods.index.project import package_base
from asyncore_codemods.model.programs import LoopSite, Mention
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.crossings import Crossings
from asyncore_codemods.plan.datagrams import DatagramPlan, plan_datagram
from asyncore_codemods.plan.description import ListenerDescription, SessionDescription
from asyncore_codemods.plan.driving import ROOTS, Driving
from asyncore_codemods.plan.families import Families
from asyncore_codemods.plan.idle import plan_idle
from asyncore_codemods.plan.installing import installs
from asyncore_codemods.plan.letting_in import let_in
from asyncore_codemods.plan.listeners import ListenerPlan, plan_listener
from asyncore_codemods.plan.loop_threads import find_loop_thread
from asyncore_codemods.plan.mail_channels import plan_mail_channel
from asyncore_codemods.plan.mail_servers import MailServerPlan, plan_mail_server, take_notice_apart
from asyncore_codemods.plan.makers import Makers
from asyncore_codemods.plan.map_walks import MapWalk, keep_channels, read_map_walks
from asyncore_codemods.plan.members import class_place
from asyncore_codemods.plan.pipes import PipePlan, plan_pipe
from asyncore_codemods.plan.program_plan import HierarchyPlan, ProgramPlan
from asyncore_codemods.plan.reach import threads_reach
from asyncore_codemods.plan.roles import role_of, role_reason
from asyncore_codemods.plan.served_again import served_again
from asyncore_codemods.plan.sessions import SessionPlan, plan_session
from asyncore_codemods.plan.surroundings import (
    HARMLESS,
    RUNS_THREADS,
    Surroundings,
    catches_interrupts,
    leaves_from_handlers,
)
from asyncore_codemods.plan.threads import Threads
from asyncore_codemods.plan.tiers import check_tier, name_unsent
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.options import Options
    from asyncore_codemods.plan.program_plan import AnyPlan


_MAIL_ROLES = {"mail server", "mail channel"}


def plan_program(project: Project, modules: list[Module], options: Options) -> ProgramPlan:
    """Return a plan for the program that consists of *modules*."""
    return _Planner(project, modules, options).plan()


def programs_of(project: Project) -> list[list[Module]]:
    """Return the programs of *project*: groups of modules that import each other."""
    group: dict[Module, int] = {module: index for index, module in enumerate(project.modules.values())}
    statically = {module: list(project.imported_modules(module)) for module in project.modules.values()}
    imported = {other for others in statically.values() for other in others}
    plugins = [  # may be loaded by whoever loads modules by their names, for all that can be seen
        module
        for module in group
        if module not in imported and not any(legacy.is_legacy(one.target) for one in module.imports)
    ]
    for module, others in statically.items():
        loads = loads_by_name(module.source.text)
        home = package_base(module.path.resolve())
        loaded = (one for one in plugins if loads and home in one.path.resolve().parents)
        for other in (*others, *loaded):
            old, new = group[other], group[module]
            if old != new:
                group = {one: new if number == old else number for one, number in group.items()}
    programs: dict[int, list[Module]] = {}
    for module, number in group.items():
        programs.setdefault(number, []).append(module)
    return [sorted(modules, key=lambda m: str(m.path)) for modules in programs.values()]


class _Planner:
    def __init__(self, project: Project, modules: list[Module], options: Options) -> None:
        self.project = project
        self.modules = modules
        self.options = options
        self.private_map = read_private_map(project, modules)
        share_meaning(project, self.private_map)
        self.references: References = read_references(project, modules)
        self.loops: list[LoopSite] = []
        self.outside: list[OutsideUse] = []
        self.has_threads = False  # beside nothing but mail servers, which do not mind
        self.accepted: frozenset[tuple[str, object]] = frozenset()  # the calls that make sessions
        self.pairs: dict[str, Paired] = {}  # what hierarchies share, by their topmost class
        self.walks: list[MapWalk] = []  # the places where the map is looked through for the sessions of a class
        self.is_library = False  # whose loop is its users', and may be asyncio's
        self.result = ProgramPlan(modules, [])

    def plan(self) -> ProgramPlan:
        tops = [
            entry
            for entry in self.project.classes.values()
            if entry.module in self.modules and entry.root and not any(p.root for p in entry.parents)
        ]
        built = [hierarchy for top in tops for hierarchy in self._hierarchies(top)]
        self.result.hierarchies = [HierarchyPlan(hierarchy, role_of(hierarchy)) for hierarchy in built]
        self._find_taken_over()
        if self.private_map is None:
            servers = [h.hierarchy for h in self.result.hierarchies if h.role == "mail server"]
            self.private_map = read_mail_maps(servers, self.modules)
        for planned in self.result.hierarchies:
            planned.hierarchy.private_map = self.private_map
        roles = {planned.role for planned in self.result.hierarchies}
        are_mail = bool(roles) and roles <= _MAIL_ROLES
        starts_threads = any(i.target.startswith("threading") for m in self.modules for i in m.imports)
        self.loops = read_loops(
            self.project,
            self.modules,
            self.private_map,
            has_threads=are_mail and starts_threads,
            threads_reach=partial(threads_reach, self.project, self.modules),
        )
        sessions = [h.hierarchy for h in self.result.hierarchies if h.role == "session"]
        is_client = [planned.role for planned in self.result.hierarchies] == ["client"]
        if is_client:
            sessions = [self.result.hierarchies[0].hierarchy]
        roots = [planned for planned in self.result.hierarchies if planned.role != "session"]
        listener = roots[0].hierarchy if [planned.role for planned in roots] == ["listener"] else None
        self.crossings = Crossings(self.project, sessions, listener=listener, is_client=is_client)
        self._find_walks()
        threads = Threads(self.project, [h.hierarchy for h in self.result.hierarchies], self.crossings)
        apart = None
        if not are_mail:  # other classes are not safe with threads, unless they are left alone
            apart = find_loop_thread(self.project, self.modules, self.loops, threads)
            self.loops = [site for site in self.loops if apart is not None or not site.is_thread]
            for site in self.loops:
                site.set_apart(apart=apart is not None)
        self.is_library = not self.loops and self.options.permits(Code.NO_LOOP)
        around = Surroundings(self.project, self.modules, self.references, self.loops)
        around.walked, around.private_map = {one.map for one in self.walks}, self.private_map
        if not self.result.hierarchies:
            around.check_uses()
            self.result.reasons = around.reasons
            return self.result
        around.check([h.hierarchy for h in self.result.hierarchies], threads, apart)
        self.result.reasons = around.reasons
        if roles <= _MAIL_ROLES:
            self.result.reasons = [reason for reason in around.reasons if reason.message != RUNS_THREADS]
            self.has_threads = len(self.result.reasons) < len(around.reasons)
        installed, needing = installs(self.project, self.modules)
        self.result.reasons = [*self.result.reasons, *needing]
        self.result.harmless_uses = [use for use in self.references.uses if use.name in HARMLESS]
        self._plan_classes()
        self._forget_channels()
        self._check_unread()
        self._find_families()
        self._lay_at_doors(around)
        self._plan_loops()
        self._drop_map()
        self._walk()
        self._hush()
        let_in(self.project, self.modules, self.result.converted, self.outside)
        self._cross()
        self._check_editable()
        for planned in self.result.converted:
            assert planned.plan is not None
            self.result.changes.rewrite(replaced_tracebacks(planned.hierarchy))
            self.result.changes.remove(planned.hierarchy.superfluous)
            self.result.changes.merge(planned.plan.changes)
        if self.result.converted:
            self.result.changes.replace([*around.replaced, *self.crossings.expressions])
            self.result.changes.resize(self.crossings.arguments)
            self.result.changes.rewrite(self.crossings.replaced.values())
        if not self.result.bridged:
            self.result.removed_uses = around.closing_uses  # nothing is left that it could close
            self.result.changes.forget(installed)
            self._let_go()
        return self.result

    def _find_taken_over(self) -> None:
        """Find the classes that are given connections, where no listener could have accepted them."""
        sessions = [planned for planned in self.result.hierarchies if planned.role == "session"]
        if any(
            planned.role not in ("session", "client", "datagram", "file") for planned in self.result.hierarchies
        ):
            return
        for planned in sessions:
            if takes_over(planned.hierarchy, self.references, self.modules):
                planned.hierarchy.takes_over, planned.role = True, "client"

    def _let_go(self) -> None:
        """Have listeners close their sockets where close_all() did, in a thread that ends before the program."""
        if self.result.removed_uses and any(site.is_apart for site in self.loops):
            for planned in self.result.converted:
                if isinstance(planned.plan, ListenerPlan):
                    planned.plan.description.lets_go = True

    def _lay_at_doors(self, around: Surroundings) -> None:
        """Make reasons of the program those of the classes that they concern, if these are not all."""
        some = around.of_some([planned.hierarchy for planned in self.result.hierarchies])
        self.result.reasons = [reason for reason in self.result.reasons if reason not in some]
        for reason, touched in some.items():
            for planned in self.result.hierarchies:
                if any(planned.hierarchy is one for one in touched) and reason not in planned.reasons:
                    planned.reasons.append(reason)

    def _hierarchies(self, top: ClassEntry) -> list[Hierarchy]:
        """Return the hierarchy below *top*, or several if it is only what they have in common."""
        below = below_common_base(self.project, top)
        apart = [build_hierarchy(self.project, entry, top) for entry in below]
        roles = set(map(role_of, apart))
        differ = len(roles) > 1 and roles <= {"session", "listener", "client"}  # which get no new base class
        return apart if differ else [build_hierarchy(self.project, top)]

    def _drop_map(self) -> None:
        """Take away the one map that everything lives in, if nothing stays that would be lost without it."""
        if self.private_map is None or not self.result.converted:
            return
        if self.result.bridged:
            places = sorted(self.private_map.uses)
            self.result.reasons.append(Reason(Code.MAP, "the program has a socket map of its own", places[0]))
            return
        for place in self.private_map.arguments:
            self.result.changes.of(place.path).arguments[place.span] = ""
        self.result.changes.remove(self.private_map.statements)

    def _hush(self) -> None:
        """Keep what asyncio says of itself out of what the program prints, or keeps in a file."""
        output = log_output(self.project)
        if self.result.converted and output.is_detailed:
            for place in output.places:
                file = self.result.changes.of(place.path)
                (file.prepended if place in output.leaving else file.appended)[place.span] = HUSH

    def _find_walks(self) -> None:
        """Find the places where the map is looked through that all channels live in."""
        loops = leavings(self.modules, self.loops)
        hierarchies = [planned.hierarchy for planned in self.result.hierarchies]
        self.walks = read_map_walks(self.project, self.modules, hierarchies, loops)
        for planned in self.result.hierarchies:
            planned.hierarchy.walked = frozenset(one.map for one in self.walks)
            walks = [one for one in self.walks if planned.hierarchy in one.hierarchies]
            planned.hierarchy.is_looked_for = bool(walks)
            planned.hierarchy.looks_for_itself = any(one.hooked for one in walks)

    def _walk(self) -> None:
        """Have the classes keep the channels that the map is looked through for, if all are rewritten."""
        if not self.walks or not self.result.converted:
            return
        plans = [h.plan for h in self.result.converted if isinstance(h.plan, (SessionPlan, ListenerPlan))]
        are_kept = {plan.hierarchy.top for plan in plans} - {hierarchy.top for hierarchy, _ in self.result.started}
        wanted = {hierarchy.top for one in self.walks for hierarchy in one.hierarchies}
        if self.result.bridged or self.crossings or not wanted <= are_kept:
            name = "close_all" if self.walks[0].closing is not None else "socket_map"
            message = f"the program uses asyncore.{name}"
            self.result.reasons.append(Reason(Code.ASYNCORE_USE, message, self.walks[0].map))
        else:
            self.result.reasons += keep_channels(self.walks, plans, self.result.changes)

    def _cross(self) -> None:
        """Have threads ask the loop's for what they did with sessions themselves, if those know their loop."""
        if not self.crossings or not self.result.converted:
            return
        if self.result.bridged:
            message = "threads use its sessions, and some of its classes stay on the bridge"
            self.result.reasons.append(
                Reason(Code.THREADS, f"the program's {message}", self.crossings.uses[0].place)
            )
            return
        for planned in self.result.converted:
            if isinstance(planned.plan, SessionPlan) and planned.role == "session":
                if self.crossings.asks_sessions:
                    planned.plan.description.loop = self.crossings.loop
                    planned.plan.description.call = self.crossings.call
            elif isinstance(planned.plan, SessionPlan) or (
                isinstance(planned.plan, ListenerPlan) and self.crossings.asks_listener
            ):
                self._run_own_loop(planned.plan.description)

    def _run_own_loop(self, description: SessionDescription | ListenerDescription) -> None:
        """Have the one client or listener, of which threads ask something, run an event loop that it has made."""
        sites = [startup.site for startup in self.result.startups]
        roots = [root for startup in self.result.startups for root in startup.roots]
        alone = len(sites) == len(roots) == 1 and not self.result.started
        plain = alone and all(one is None for one in (sites[0].block, sites[0].polling, sites[0].handed))
        one = plain and not roots[0].each and roots[0].collected is None and roots[0].inlined is None
        if isinstance(description, ListenerDescription) and sites and sites[0].is_apart:
            one = False  # the rest of the program would find its port in use for another moment
        if not one or (sites[0].guarded and not sites[0].is_apart) or "asyncio.run" not in sites[0].template:
            message = "the program's threads use a channel that is not alone in its loop, or outlives that"
            self.result.reasons.append(Reason(Code.THREADS, message, self.crossings.uses[0].place))
            return
        if isinstance(description, SessionDescription) and sites[0].is_apart and _may_be_left(self.modules):
            description.differences.append(Code.AT_END)
            if self.options.exact or not self.options.unsafe:
                message = f"a daemon thread runs the loop while others push to its client ({Code.AT_END})"
                self.result.reasons.append(Reason(Code.THREADS, message, self.crossings.uses[0].place))
        description.loop = self.crossings.loop
        run = f"{roots[0].text}.{self.crossings.loop}.run_until_complete"
        sites[0].template = sites[0].template.replace("asyncio.run", run)

    def _check_once(self, *, fails: bool) -> None:
        """Have something against a `while` around the loop if it may come to run that again."""
        listeners = [h.hierarchy for h in self.result.hierarchies if h.role == "listener"]
        for site in self.loops:
            stays = any(is_never_closed(self.project, one, self.outside, site) for one in listeners)
            if (site.goes_on and fails) or (site.is_endless and not stays):
                message = "the program runs the loop again and again"
                site.problems.append(Reason(Code.LOOP, message, site.place))

    def _check_maps(self) -> None:
        """Have something against channels that use others, where there is a loop for each listener."""
        if self.private_map is None or self.private_map.owner is None:
            return
        hierarchies = [h.hierarchy for h in self.result.hierarchies]
        apart = all(site.is_apart for site in self.loops)  # where nothing else touches a channel
        for use in uses_of_others(hierarchies, self.outside, in_channels=apart):
            message = "the program runs several loops, and the connections of one may use those of another"
            self.result.reasons.append(Reason(Code.MAP, message, use.place))

    # -- the classes

    def _plan_classes(self) -> None:
        sessions = [h for h in self.result.hierarchies if h.role == "session"]
        clients = [h for h in self.result.hierarchies if h.role == "client"]
        listeners = [h for h in self.result.hierarchies if h.role == "listener"]
        self.outside = outside_uses(self.project, self.modules)
        self.result.closed_early = early_closes(self.modules, self.loops, self.outside)
        goes_on = any(site.guarded or site.polling is not None for site in self.loops)
        exits = leaves_from_handlers(planned.hierarchy for planned in self.result.hierarchies)
        fails = any(True for h in self.result.hierarchies for _ in raised_errors(h.hierarchy))
        self._check_once(fails=exits or fails)
        self._check_maps()
        interruptible = goes_on or exits or fails or catches_interrupts(self.modules)
        ends_with_errors = not any(site.guarded for site in self.loops)
        run_names: dict[str, str] = {}
        self.pairs = read_pairs([h.hierarchy for h in (*sessions, *clients)], self.outside)
        for top, part in read_holding_back([h.hierarchy for h in (*sessions, *clients)], self.outside).items():
            merge(self.pairs.setdefault(top, Paired()), part)
        seen = [place for paired in self.pairs.values() for place in paired.seen]
        self.outside += self.crossings.uses
        for planned in clients:
            planned.hierarchy.is_crossed = bool(self.crossings)
        self.outside += [
            OutsideUse("close", one.map, one.walked.span, stored=False, receivers=None, given=0)
            for one in self.walks
            if one.closing is not None
        ]
        outside = [use for use in self.outside if not any(place.contains(use.place) for place in seen)]
        for planned in [*sessions, *clients]:
            hierarchy = planned.hierarchy
            result = plan_session(
                hierarchy,
                [*outside, *(public_calls(hierarchy) if self.is_library and planned in clients else ())],
                interruptible=interruptible,
                exits=exits,
                connects=planned.role == "client",
                is_awaited=not any(site.polling is not None for site in self.loops),
                may_raise=ends_with_errors,
                paired=self.pairs.get(planned.hierarchy.top.qualname),
            )
            _record(planned, result)
            name_unsent(planned, self.loops)
            check_tier(planned, self.options)
            run = result.description.run if isinstance(result, SessionPlan) else "run"
            run_names.update(dict.fromkeys(planned.hierarchy.names, run))
        both = [h for h in clients if isinstance(h.plan, SessionPlan) and h.plan.construction.socket_parameters]
        made = [h.plan for h in (*sessions, *both) if isinstance(h.plan, SessionPlan)]
        sockets = {name: taken for plan in made for name, taken in plan.construction.socket_parameters.items()}
        factories = Factories(self.project, [h.hierarchy for h in (*sessions, *both)], self.references, sockets)
        accepted: set[tuple[str, object]] = set()
        for planned in listeners:
            hierarchy = planned.hierarchy

            def sessions_of(
                definition: Definition, func: ast.expr, hierarchy: Hierarchy = hierarchy
            ) -> frozenset[str] | None:
                return factories.of(hierarchy, definition, func)

            listening = plan_listener(hierarchy, self.outside, sessions_of, run_names, may_raise=ends_with_errors)
            _record(planned, listening)
            if isinstance(listening, ListenerPlan):
                listening.changes.resize(factories.callables.resized)
                accepted |= {(place.path, place.span) for place in factories.callables.made}
                accepted |= {(s.call.path, s.call.span) for s in listening.facts.sites}
                accepted |= {(m.path, m.span) for a in listening.facts.accepts for m in a.made}
                if len({run_names[name] for s in listening.facts.sites for name in s.classes}) > 1:
                    planned.reasons.append(
                        Reason(
                            Code.LISTENER,
                            "makes sessions whose run() methods differ in name",
                            class_place(hierarchy.top),
                        )
                    )
        for planned in [h for h in self.result.hierarchies if h.role == "mail server"]:
            self._plan_mail(planned)
        for planned in self.result.hierarchies:
            if planned.role == "datagram":
                is_early = self.result.closes_early(planned.hierarchy)
                _record(planned, plan_datagram(planned.hierarchy, self.outside, is_closed_early=is_early))
            elif planned.role == "idle":
                _record(planned, plan_idle(planned.hierarchy, self.outside))
            elif planned.role == "file":
                _record(planned, plan_pipe(planned.hierarchy, self.outside, self.modules))
            elif planned.role == "mail channel":
                self._plan_mail(planned)
            elif planned.role not in ("session", "listener", "client", "mail server"):
                planned.reasons.append(role_reason(planned.hierarchy))
        servers = [h for h in self.result.hierarchies if isinstance(h.plan, MailServerPlan)]
        if take_notice_apart(h.plan for h in servers if isinstance(h.plan, MailServerPlan)):
            message = "is one of several mail servers, of which some do more in accepting than others"
            for planned in servers:
                planned.reasons.append(Reason(Code.SMTPD, message, class_place(planned.hierarchy.top)))
        self.accepted = frozenset(accepted)
        makers = Makers(
            self.references,
            self.accepted,
            frozenset(name for h in listeners for name in h.hierarchy.names),
            frozenset(m.name for h in listeners if h.plan is None for m in h.hierarchy.members),
            self.is_library,
        )
        for planned in both:
            makers.check_both_ends(planned)
        for planned in clients:
            makers.check_told(planned)
        for planned in sessions:
            makers.check_sessions(planned)

    def _plan_mail(self, planned: HierarchyPlan) -> None:
        """Plan a mail server or its sessions, which is of the unsafe tier."""
        if planned.role == "mail server":
            hierarchy = planned.hierarchy
            planning = plan_mail_server(
                hierarchy,
                self.outside,
                self.references,
                has_threads=self.has_threads,
                is_polled=any(site.polling is not None for site in self.loops),
            )
            _record(planned, planning)
        else:
            servers = [h.plan for h in self.result.hierarchies if isinstance(h.plan, MailServerPlan)]
            made = {server.accepting.call for server in servers if server.accepting is not None}
            _record(planned, plan_mail_channel(planned.hierarchy, self.outside, self.references, made))
        if planned.plan is not None and not self.options.permits(Code.SMTPD):
            how = "but not exactly" if self.options.exact else "with --unsafe"
            message = f"can become aiosmtpd code, {how} ({Code.SMTP_REPLIES})"
            planned.reasons.append(Reason(Code.SMTPD, message, class_place(planned.hierarchy.top)))

    def _forget_channels(self) -> None:
        """Have nothing against sessions of smtpd's own class where mail servers make them: aiosmtpd does."""
        plans = [h.plan for h in self.result.hierarchies if isinstance(h.plan, MailServerPlan)]
        made = {plan.accepting.call for plan in plans if plan.accepting is not None}
        self.result.reasons = [
            reason
            for reason in self.result.reasons
            if reason.code is not Code.ASYNCORE_USE or not any(call.contains(reason.place) for call in made)
        ]

    def _check_unread(self) -> None:
        """Keep what is used where nobody can see how."""
        for planned in self.result.hierarchies if self.project.unread else ():
            for member in planned.hierarchy.members:
                users = [one for one in self.project.unread.values() if one.uses(member.module.path, member.name)]
                if users:
                    message = f"is used in {users[0].path}, which could not be read"
                    planned.reasons.append(Reason(Code.OUTSIDE, message, class_place(member)))

    # -- families and loops

    def _find_families(self) -> None:
        hierarchies = [h.hierarchy for h in self.result.hierarchies]
        families = Families(hierarchies)
        for hierarchy in hierarchies:
            families.know(hierarchy)
        for one, other in self._ties():
            families.join(one, other)
        numbers = dict.fromkeys(families.of(hierarchy) for hierarchy in hierarchies)
        self.result.families = [
            [h for h in self.result.hierarchies if families.of(h.hierarchy) == number] for number in numbers
        ]

    def _ties(self) -> Iterator[tuple[str, str]]:
        """Yield pairs of classes of which one makes the other, or is given it to make."""
        members = [m for h in self.result.hierarchies for m in h.hierarchy.members]
        makers = {(str(m.module.path), m.name): m.qualname for m in members}
        for top, paired in self.pairs.items():
            yield from ((top, other) for other in sorted(paired.ties - {top}))
        for planned in self.result.hierarchies:
            for base in planned.hierarchy.bases:
                yield from ((planned.hierarchy.top.qualname, child.qualname) for child in base.children)
            for name in sorted(planned.hierarchy.names):
                for mention in self.references.mentions.get(name, ()):
                    maker = makers.get((mention.place.path, mention.scope.split(".")[0]))
                    if mention.mention is Mention.CONSTRUCTED and maker:
                        yield maker, name
                    elif mention.mention in (Mention.STORED, Mention.PASSED) and mention.owner:
                        yield mention.owner, name
            if isinstance(planned.plan, ListenerPlan):
                for site in planned.plan.facts.sites:
                    for name in site.classes:
                        yield planned.hierarchy.top.qualname, name

    def _plan_loops(self) -> None:
        """See to it that a loop drives every family that is rewritten; one that it does not drive stays."""
        if all(planned.role == "idle" for planned in self.result.hierarchies):
            self._drop_loops()
            return
        driving = Driving(
            self.project,
            self.modules,
            self.references,
            self.loops,
            self.accepted,
            may_be_alone=self.options.permits(Code.NO_LOOP),
        )
        while True:
            free = self.result.free
            members = [(h.hierarchy, h.role) for h in free or self.result.hierarchies]
            drive = driving.drive(members, _startable(free))
            for hierarchy, reason in drive.own:
                planned = next(h for h in self.result.hierarchies if h.hierarchy is hierarchy)
                if reason not in planned.reasons:
                    planned.reasons.append(reason)
            if not drive.own or not free:
                break
        self.result.startups, self.result.started, self.result.homes = drive.startups, drive.started, drive.homes
        for planned in self.result.free:
            planned.is_alone = not drive.alone.isdisjoint(planned.hierarchy.names)
        if self.is_library and all(reason.code is Code.NO_LOOP for reason in drive.reasons):
            for planned in self.result.free:
                planned.is_unrun = planned.is_unrun or planned.role in ROOTS
            return
        self.result.reasons += [reason for reason in drive.reasons if reason not in self.result.reasons]
        clients = {name for h in self.result.hierarchies if h.role == "client" for name in h.hierarchy.names}
        if any(h.role == "listener" for h in self.result.hierarchies):
            self.result.reasons += served_again(self.project, self.modules, self.loops, clients)
        if self.result.converted and self.result.bridged:
            self.result.reasons += driving.share([h.hierarchy for h in self.result.bridged])

    def _drop_loops(self) -> None:
        """Take away the loops of a program that has nothing for them to drive: they end at once."""
        for site in self.loops if self.result.free else ():
            if site.problems or not site.alone or site.in_loop or site.is_thread or site.polling is not None:
                message = "the program runs a loop that has nothing to drive, though not just once"
                self.result.reasons += site.problems or [Reason(Code.LOOP, message, site.place)]
            else:
                self.result.changes.remove([Place(site.place.path, site.statement)])

    def _check_editable(self) -> None:
        files = {path for h in self.result.converted if h.plan for path in h.plan.changes.files}
        files |= {place.path for site in self.loops for place in (site.place, site.handed) if place is not None}
        for module in self.modules if self.result.converted else ():
            if str(module.path) in files and not module.editable:
                place = Place(str(module.path), module.source.span(module.source.tree.body[0]))
                message = f"part of the program is in {module.path}, which was not given"
                self.result.reasons.append(Reason(Code.OUTSIDE, message, place))


def _startable(planned: list[HierarchyPlan]) -> frozenset[str]:
    """Return the classes whose objects can be started by a handler.

    A client has to tell it of a host that is not known, and a listener must not be closed before it serves.
    """
    names: set[str] = set()
    for one in planned:
        if isinstance(one.plan, ListenerPlan) and not all(setup.method for setup in one.plan.facts.setups):
            continue  # it has no socket yet when it is made
        if isinstance(one.plan, (ListenerPlan, DatagramPlan, PipePlan)) and one.plan.description.can_run:
            names |= set(one.hierarchy.names)
        description = one.plan.description if isinstance(one.plan, SessionPlan) else None
        if description is not None and description.connection is not None and description.run == "run":
            can_start = description.connection.can_look_up and not description.connection.told
            names |= set(one.hierarchy.names) if can_start else set()
    return frozenset(names)


def _may_be_left(modules: Sequence[Module]) -> bool:
    """Tell whether the program may end before its threads, of which one runs the loop."""
    names = ("daemon", "setDaemon")
    return any(
        (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.keyword) and node.arg in names)
        or (isinstance(node, ast.Name) and node.id in names)
        for module in modules
        for node in walk(module.source.tree)
    )


def _record(planned: HierarchyPlan, result: AnyPlan | list[Reason]) -> None:
    if isinstance(result, list):
        planned.reasons += [reason for index, reason in enumerate(result) if reason not in result[:index]]
    else:
        planned.plan = result
