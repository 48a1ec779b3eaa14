"""Plan the classes of a program, each by what it is: a session, a client, a listener, a mail server, and so on.

Sessions come first: a listener has to know what it makes. Last, it is seen to that those make objects who may.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.factories import Factories
from asyncore_codemods.analyse.usage.holders import possible_uses
from asyncore_codemods.analyse.usage.outside import public_calls
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.plan.idle import plan_idle
from asyncore_codemods.plan.listeners import ListenerPlan, plan_listener
from asyncore_codemods.plan.mail.mail_channels import plan_mail_channel
from asyncore_codemods.plan.mail.mail_servers import MailServerPlan, plan_mail_server, take_notice_apart
from asyncore_codemods.plan.makers import Makers
from asyncore_codemods.plan.members import class_place
from asyncore_codemods.plan.protocols.datagrams import plan_datagram
from asyncore_codemods.plan.protocols.watching import plan_file
from asyncore_codemods.plan.roles import role_reason
from asyncore_codemods.plan.sessions.sessions import SessionPlan, plan_session
from asyncore_codemods.plan.tiers import check_tier, name_closed_twice, name_sent_past, name_unsent

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.analyse.output.pairs import Paired
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index import Project
    from asyncore_codemods.model.programs import LoopSite
    from asyncore_codemods.options import Options
    from asyncore_codemods.plan.program_plan import AnyPlan, HierarchyPlan, ProgramPlan

_SAYS_HOW_IT_RUNS = ("session", "client")  # these have a run() of their own


@dataclass
class ClassPlanner:
    """Gives every hierarchy of a program its plan, or the reasons why it has none."""

    project: Project
    options: Options
    references: References
    loops: Sequence[LoopSite]
    program: ProgramPlan
    outside: list[OutsideUse]  # what is done with the objects of the classes
    pairs: dict[str, Paired]  # what hierarchies share, by their topmost class
    is_library: bool  # whose loop is its users', who may do anything
    interruptible: bool  # the loop may be left in the midst
    exits: bool  # a handler may end the program
    has_threads: bool  # beside nothing but mail servers, which do not mind
    accepted: frozenset[tuple[str, object]] = frozenset()  # the calls that make sessions
    run_names: dict[str, str] = field(default_factory=dict)  # what run() is called in each class

    def plan(self) -> None:
        """Plan all classes."""
        talking = self._of(*_SAYS_HOW_IT_RUNS)
        seen = [place for paired in self.pairs.values() for place in paired.seen]
        outside = [use for use in self.outside if not any(place.contains(use.place) for place in seen)]
        for planned in talking:
            self._plan_session(planned, outside)
        self._plan_listeners()
        for planned in self._of("mail server"):
            self._plan_mail(planned)
        for planned in self.program.hierarchies:
            self._plan_other(planned)
        self._tell_mail_servers_apart()
        self._check_makers()

    def _of(self, *roles: str) -> list[HierarchyPlan]:
        """Return what has one of *roles*, ordered by these."""
        return [planned for role in roles for planned in self.program.hierarchies if planned.role == role]

    def _possible_uses(self, hierarchy: Hierarchy, outside: list[OutsideUse]) -> list[OutsideUse]:
        """Leave out what is done with unknown objects that can be none of *hierarchy*; a library's may be any."""
        return outside if self.is_library else possible_uses(hierarchy, outside, self.references)

    @property
    def _may_raise(self) -> bool:
        """Whether an error that leaves the loop ends the program."""
        return not any(site.guarded for site in self.loops)

    @property
    def _is_polled(self) -> bool:
        return any(site.polling is not None for site in self.loops)

    # -- sessions and clients

    def _plan_session(self, planned: HierarchyPlan, outside: list[OutsideUse]) -> None:
        hierarchy, connects = planned.hierarchy, planned.role == "client"
        result = plan_session(
            hierarchy,
            [
                *self._possible_uses(hierarchy, outside),
                *(public_calls(hierarchy) if self.is_library and connects else ()),
            ],
            interruptible=self.interruptible,
            exits=self.exits,
            connects=connects,
            is_awaited=not self._is_polled,
            may_raise=self._may_raise,
            paired=self.pairs.get(hierarchy.top.qualname),
        )
        _record(planned, result)
        name_unsent(planned, self.loops)
        name_closed_twice(planned, self.program.modules)
        check_tier(planned, self.options)
        run = result.description.run if isinstance(result, SessionPlan) else "run"
        self.run_names.update(dict.fromkeys(hierarchy.names, run))

    # -- listeners

    def _plan_listeners(self) -> None:
        makes = [*self._of("session"), *self._both_ends()]
        plans = [one.plan for one in makes if isinstance(one.plan, SessionPlan)]
        sockets = {name: taken for plan in plans for name, taken in plan.construction.socket_parameters.items()}
        factories = Factories(self.project, [one.hierarchy for one in makes], self.references, sockets)
        accepted: set[tuple[str, object]] = set()
        for planned in self._of("listener"):
            self._plan_listener(planned, factories)
            if isinstance(planned.plan, ListenerPlan):
                planned.plan.changes.resize(factories.callables.resized)
                planned.plan.changes.make_returning(factories.callables.returning)
                facts = planned.plan.facts
                name_sent_past(makes, facts)
                accepted |= {(place.path, place.span) for place in factories.callables.made}
                accepted |= {(site.call.path, site.call.span) for site in facts.sites}
                accepted |= {(made.path, made.span) for accept in facts.accepts for made in accept.made}
        accepted |= {(place.path, place.span) for place in factories.chosen}
        self.accepted = frozenset(accepted)

    def _plan_listener(self, planned: HierarchyPlan, factories: Factories) -> None:
        hierarchy = planned.hierarchy

        def sessions_of(definition: Definition, func: ast.expr) -> frozenset[str] | None:
            return factories.of(hierarchy, definition, func)

        outside = self._possible_uses(hierarchy, self.outside)
        result = plan_listener(hierarchy, outside, sessions_of, self.run_names, may_raise=self._may_raise)
        _record(planned, result)
        if isinstance(result, ListenerPlan):
            called = {self.run_names[name] for site in result.facts.sites for name in site.classes}
            if len(called) > 1:
                message = "makes sessions whose run() methods differ in name"
                planned.reasons.append(Reason(Code.LISTENER, message, class_place(hierarchy.top)))

    def _both_ends(self) -> list[HierarchyPlan]:
        """Return the clients that may be given a connection as well."""
        clients = self._of("client")
        return [h for h in clients if isinstance(h.plan, SessionPlan) and h.plan.construction.socket_parameters]

    # -- mail

    def _plan_mail(self, planned: HierarchyPlan) -> None:
        """Plan a mail server or its sessions, which is of the unsafe tier."""
        hierarchy = planned.hierarchy
        if planned.role == "mail server":
            threads = self.has_threads
            result = plan_mail_server(hierarchy, self.outside, self.references, self.loops, has_threads=threads)
            _record(planned, result)
        else:
            made = {server.accepting.call for server in self._mail_plans() if server.accepting is not None}
            _record(planned, plan_mail_channel(hierarchy, self.outside, self.references, made))
        if planned.plan is not None and not self.options.permits(Code.SMTPD):
            how = "but not exactly" if self.options.exact else "with --unsafe"
            message = f"can become aiosmtpd code, {how} ({Code.SMTP_REPLIES})"
            planned.reasons.append(Reason(Code.SMTPD, message, class_place(hierarchy.top)))

    def _mail_plans(self) -> list[MailServerPlan]:
        return [h.plan for h in self.program.hierarchies if isinstance(h.plan, MailServerPlan)]

    def _tell_mail_servers_apart(self) -> None:
        """Have something against mail servers of which some do more in accepting than others."""
        if take_notice_apart(self._mail_plans()):
            message = "is one of several mail servers, of which some do more in accepting than others"
            for planned in self.program.hierarchies:
                if isinstance(planned.plan, MailServerPlan):
                    planned.reasons.append(Reason(Code.SMTPD, message, class_place(planned.hierarchy.top)))

    # -- the rest

    def _plan_other(self, planned: HierarchyPlan) -> None:
        """Plan what has nothing to do with a listener, and give a reason for what nobody knows."""
        hierarchy, role = planned.hierarchy, planned.role
        if role == "datagram":
            is_early = self.program.closes_early(hierarchy)
            self._record_adding(planned, plan_datagram(hierarchy, self.outside, is_closed_early=is_early))
        elif role == "idle":
            _record(planned, plan_idle(hierarchy, self.outside))
        elif role == "file":
            self._record_adding(planned, plan_file(hierarchy, self.outside, self.program.modules))
        elif role == "mail channel":
            self._plan_mail(planned)
        elif role not in (*_SAYS_HOW_IT_RUNS, "listener", "mail server"):
            planned.reasons.append(role_reason(hierarchy))

    def _record_adding(self, planned: HierarchyPlan, result: AnyPlan | list[Reason]) -> None:
        """Have what is no session send to those whose buffers it added to."""
        paired = self.pairs.get(planned.hierarchy.top.qualname)
        if paired is not None and not isinstance(result, list):
            result.changes.rewrite(paired.rewritten)
        _record(planned, result)

    def _check_makers(self) -> None:
        listeners = self._of("listener")
        makers = Makers(
            self.references,
            self.accepted,
            frozenset(name for h in listeners for name in h.hierarchy.names),
            frozenset(m.name for h in listeners if h.plan is None for m in h.hierarchy.members),
            self.is_library,
        )
        for planned in self._both_ends():
            makers.check_both_ends(planned)
        for planned in self._of("client"):
            makers.check_told(planned)
        for planned in self._of("session"):
            makers.check_sessions(planned)


def _record(planned: HierarchyPlan, result: AnyPlan | list[Reason]) -> None:
    """Keep the plan of a hierarchy, or each of the reasons against it once."""
    if isinstance(result, list):
        planned.reasons += [reason for index, reason in enumerate(result) if reason not in result[:index]]
    else:
        planned.plan = result
