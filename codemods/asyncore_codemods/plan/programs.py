"""Decide what becomes of a program: its listeners, their sessions and the loop that drives them.

A program is a set of modules that import each other. A family of its classes, a listener and the sessions it makes
for instance, is rewritten as a whole or stays on the bridge as a whole; all families share one event loop.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.clients.taking_over import takes_over
from asyncore_codemods.analyse.families.common_bases import below_common_base
from asyncore_codemods.analyse.families.hierarchies import Hierarchy, build_hierarchy
from asyncore_codemods.analyse.families.references import References, read_references
from asyncore_codemods.analyse.lifetime.endings import raised_errors
from asyncore_codemods.analyse.lifetime.log_output import HUSH, log_output
from asyncore_codemods.analyse.lifetime.tracebacks import replaced_tracebacks
from asyncore_codemods.analyse.looping.behind import leavings
from asyncore_codemods.analyse.looping.early_closing import closed_early, is_never_closed
from asyncore_codemods.analyse.looping.loops import read_loops
from asyncore_codemods.analyse.looping.private_map import read_private_map, share_meaning
from asyncore_codemods.analyse.mail.mail_maps import read_mail_maps
from asyncore_codemods.analyse.output.holding_back import read_holding_back
from asyncore_codemods.analyse.output.pairs import Paired, merge, read_pairs
from asyncore_codemods.analyse.usage.outside import OutsideUse, outside_uses, uses_of_others
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.plan.classes import ClassPlanner
from asyncore_codemods.plan.families import find_families
from asyncore_codemods.plan.installing import installs
from asyncore_codemods.plan.letting_in import let_in
from asyncore_codemods.plan.listeners import ListenerPlan
from asyncore_codemods.plan.looping.driving import ROOTS, Driving
from asyncore_codemods.plan.looping.served_again import served_again
from asyncore_codemods.plan.mail.mail_servers import MailServerPlan
from asyncore_codemods.plan.map_walks import MapWalk, keep_channels, read_map_walks
from asyncore_codemods.plan.members import class_place
from asyncore_codemods.plan.program_plan import HierarchyPlan, ProgramPlan
from asyncore_codemods.plan.protocols.datagrams import DatagramPlan
from asyncore_codemods.plan.protocols.pipes import PipePlan
from asyncore_codemods.plan.roles import role_of
from asyncore_codemods.plan.sessions.sessions import SessionPlan
from asyncore_codemods.plan.shared_errors import share_errors
from asyncore_codemods.plan.surroundings import (
    HARMLESS,
    RUNS_THREADS,
    Surroundings,
    catches_interrupts,
    leaves_from_handlers,
)
from asyncore_codemods.plan.threads.crossings import Crossings
from asyncore_codemods.plan.threads.loop_threads import find_loop_thread
from asyncore_codemods.plan.threads.own_loops import let_threads_ask
from asyncore_codemods.plan.threads.reach import Reach, threads_reach
from asyncore_codemods.plan.threads.threads import Threads
from asyncore_codemods.spans import Place
from asyncore_codemods.suppress import suppressions_of

if TYPE_CHECKING:
    import ast

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.programs import LoopSite
    from asyncore_codemods.options import Options


_MAIL_ROLES = {"mail server", "mail channel"}


def plan_program(project: Project, modules: list[Module], options: Options) -> ProgramPlan:
    """Return a plan for the program that consists of *modules*."""
    return _Planner(project, modules, options).plan()


class _Planner:
    def __init__(self, project: Project, modules: list[Module], options: Options) -> None:
        self.project = project
        self.modules = modules
        self.options = options
        self.private_map = read_private_map(project, modules)
        share_meaning(project, self.private_map)
        self.reach = Reach(project, modules)
        self.references: References = read_references(project, modules)
        self.loops: list[LoopSite] = []
        self.outside: list[OutsideUse] = []
        self.has_threads = False  # beside nothing but mail servers, which do not mind
        self.fails = False  # a handler may end the loop
        self.accepted: frozenset[tuple[str, object]] = frozenset()  # the calls that make sessions
        self.pairs: dict[str, Paired] = {}  # what hierarchies share, by their topmost class
        self.walks: list[MapWalk] = []  # the places where the map is looked through for the sessions of a class
        self.is_library = False  # whose loop is its users', and may be asyncio's
        self.result = ProgramPlan(modules, [])

    def plan(self) -> ProgramPlan:
        self._find_hierarchies()
        self._find_loops()
        self._find_crossings()
        self._find_walks()
        threads = Threads(self.project, self._hierarchies(), self.crossings)
        apart = self._set_loops_apart(threads)
        self.is_library = not self.loops and self.options.permits(Code.NO_LOOP)
        around = Surroundings(self.reach, self.references, self.loops)
        around.walked, around.private_map = {one.map for one in self.walks}, self.private_map
        if not self.result.hierarchies:
            around.check_uses()
            self.result.reasons = around.reasons
            return self.result
        around.check(self._hierarchies(), threads, apart)
        installed = self._note_reasons(around)
        self._plan_classes()
        self._heed_comments()
        self._forget_channels()
        self._check_unread()
        self.result.families = find_families(self.result.hierarchies, self.references, self.pairs)
        self._lay_at_doors(around)
        self._plan_loops()
        self._drop_map()
        self._walk()
        self._hush()
        let_in(self.reach, self.result, self.outside)
        let_threads_ask(self.result, self.crossings, self.options)
        self._check_editable()
        self._collect_changes(around)
        if not self.result.bridged:
            self.result.removed_uses = around.closing_uses  # nothing is left that it could close
            self.result.changes.forget(installed)
            self._let_go()
        return self.result

    def _hierarchies(self, *roles: str) -> list[Hierarchy]:
        """Return the hierarchies that have one of *roles*, or all."""
        return [one.hierarchy for one in self.result.hierarchies if not roles or one.role in roles]

    @property
    def _are_mail(self) -> bool:
        """Whether the program has nothing but mail servers, which do not mind threads."""
        roles = {planned.role for planned in self.result.hierarchies}
        return bool(roles) and roles <= _MAIL_ROLES

    # -- what there is

    def _find_hierarchies(self) -> None:
        """Find the classes, and the map that they live in."""
        tops = [
            entry
            for entry in self.project.classes.values()
            if entry.module in self.modules and entry.root and not any(p.root for p in entry.parents)
        ]
        built = [hierarchy for top in tops for hierarchy in self._hierarchies_below(top)]
        self.result.hierarchies = [HierarchyPlan(hierarchy, role_of(hierarchy)) for hierarchy in built]
        self._find_taken_over()
        share_errors(self.result.hierarchies)
        if self.private_map is None:
            self.private_map = read_mail_maps(self._hierarchies("mail server"), self.modules)
        for hierarchy in built:
            hierarchy.private_map = self.private_map

    def _find_loops(self) -> None:
        starts_threads = any(i.target.startswith("threading") for m in self.modules for i in m.imports)
        self.loops = read_loops(
            self.project,
            self.modules,
            self.private_map,
            has_threads=self._are_mail and starts_threads,
            threads_reach=partial(threads_reach, self.reach),
        )

    def _find_crossings(self) -> None:
        """Prepare for threads that use the sessions, the one client or the one listener."""
        is_client = [planned.role for planned in self.result.hierarchies] == ["client"]
        roots = [planned for planned in self.result.hierarchies if planned.role != "session"]
        listener = roots[0].hierarchy if [planned.role for planned in roots] == ["listener"] else None
        used = self._hierarchies("client" if is_client else "session")
        self.crossings = Crossings(self.project, used, listener=listener, is_client=is_client)

    def _set_loops_apart(self, threads: Threads) -> ast.expr | None:
        """Find the thread that runs the loop, if one does; classes are not safe there unless left alone."""
        if self._are_mail:
            return None
        apart = find_loop_thread(self.project, self.modules, self.loops, threads)
        self.loops = [site for site in self.loops if apart is not None or not site.is_thread]
        for site in self.loops:
            site.set_apart(apart=apart is not None)
        return apart

    def _note_reasons(self, around: Surroundings) -> list[Place]:
        """Note what speaks against the program as a whole; return the statements that only the bridge needs."""
        reasons = around.reasons
        if self._are_mail:
            reasons = [reason for reason in reasons if reason.message != RUNS_THREADS]
            self.has_threads = len(reasons) < len(around.reasons)
        installed, needing = installs(self.project, self.modules)
        self.result.reasons = [*reasons, *needing]
        self.result.harmless_uses = [use for use in self.references.uses if use.name in HARMLESS]
        return installed

    def _plan_classes(self) -> None:
        """Plan every class by itself, with what is done with its objects."""
        self.outside = outside_uses(self.project, self.modules)
        self.result.closed_early = closed_early(self.project, self._hierarchies(), self.loops, self.outside)
        goes_on = any(site.guarded or site.polling is not None for site in self.loops)
        exits = leaves_from_handlers(self._hierarchies())
        fails = any(True for hierarchy in self._hierarchies() for _ in raised_errors(hierarchy))
        self.fails = exits or fails
        self._check_once()
        self._check_maps()
        self._find_pairs()
        self.outside += self.crossings.uses
        self.outside += [
            OutsideUse("close", one.map, one.walked.span, stored=False, receivers=None, given=0)
            for one in self.walks
            if one.closing is not None
        ]
        for hierarchy in self._hierarchies("client"):
            hierarchy.is_crossed = bool(self.crossings)
        planner = ClassPlanner(
            self.project,
            self.options,
            self.references,
            self.loops,
            self.result,
            self.outside,
            self.pairs,
            is_library=self.is_library,
            interruptible=goes_on or exits or fails or catches_interrupts(self.modules),
            exits=exits,
            has_threads=self.has_threads,
        )
        planner.plan()
        self.accepted = planner.accepted

    def _heed_comments(self) -> None:
        """Keep what an ignore comment says is not to be rewritten; its family will stay with it."""
        for planned in self.result.hierarchies:
            for member in planned.hierarchy.channels if not planned.reasons else ():
                ignore = suppressions_of(member.module.source).covering(planned.rule, member.node.lineno)
                if ignore is not None:
                    message = f"is kept on the bridge because of the ignore comment in line {ignore.line}"
                    planned.ignored = Reason(planned.rule, message, class_place(member))
                    planned.reasons.append(planned.ignored)

    def _find_pairs(self) -> None:
        """Find what sessions and clients do for each other."""
        hierarchies = [*self._hierarchies("session"), *self._hierarchies("client")]
        adding = [*self._hierarchies("file"), *self._hierarchies("datagram")]
        self.pairs = read_pairs(hierarchies, adding, self.outside)
        for top, part in read_holding_back(hierarchies, self.outside).items():
            merge(self.pairs.setdefault(top, Paired()), part)

    def _collect_changes(self, around: Surroundings) -> None:
        """Put together what all that is rewritten changes."""
        changes = self.result.changes
        for planned in self.result.converted:
            assert planned.plan is not None
            changes.rewrite(replaced_tracebacks(planned.hierarchy))
            changes.remove(planned.hierarchy.superfluous)
            changes.merge(planned.plan.changes)
        if self.result.converted:
            changes.replace([*around.replaced, *self.crossings.expressions])
            changes.resize(self.crossings.arguments)
            changes.rewrite(self.crossings.replaced.values())

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
        some = around.of_some(self._hierarchies())
        self.result.reasons = [reason for reason in self.result.reasons if reason not in some]
        for reason, touched in some.items():
            for planned in self.result.hierarchies:
                if any(planned.hierarchy is one for one in touched) and reason not in planned.reasons:
                    planned.reasons.append(reason)

    def _hierarchies_below(self, top: ClassEntry) -> list[Hierarchy]:
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
        hierarchies = self._hierarchies()
        self.walks = read_map_walks(self.reach, hierarchies, loops)
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

    def _check_once(self) -> None:
        """Have something against a `while` around the loop if it may come to run that again."""
        listeners = self._hierarchies("listener")
        for index, site in enumerate(self.loops):
            stays = any(is_never_closed(self.project, one, self.outside, site) for one in listeners)
            if site.whole is not None and stays and not (site.whole.goes_on and self.fails):
                self.loops[index] = site.whole
                continue
            connects = site.repeats and {h.role for h in self.result.hierarchies} & {*ROOTS} - {
                "listener",
                "mail server",
            }
            if (site.goes_on and self.fails) or (site.is_endless and not stays) or connects:
                message = "the program runs the loop again and again"
                site.problems.append(Reason(Code.LOOP, message, site.place))

    def _check_maps(self) -> None:
        """Have something against channels that use others, where there is a loop for each listener."""
        if self.private_map is None or self.private_map.owner is None:
            return
        hierarchies = self._hierarchies()
        apart = all(site.is_apart for site in self.loops)  # where nothing else touches a channel
        for use in uses_of_others(hierarchies, self.outside, in_channels=apart):
            message = "the program runs several loops, and the connections of one may use those of another"
            self.result.reasons.append(Reason(Code.MAP, message, use.place))

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
                    why = "is Python 2: convert that first" if users[0].is_python2 else "could not be read"
                    message = f"is used in {users[0].path}, which {why}"
                    planned.reasons.append(Reason(Code.OUTSIDE, message, class_place(member)))

    # -- loops

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
            fails=self.fails,
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
            names |= set(one.hierarchy.names) if description.connection.can_look_up else set()
    return frozenset(names)
