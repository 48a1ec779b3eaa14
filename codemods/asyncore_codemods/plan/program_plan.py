"""What becomes of a program, and of each hierarchy of classes in it: data, that plan.programs fills in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

from asyncore_codemods.codes import Code
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.idle import IdlePlan
from asyncore_codemods.plan.listeners import ListenerPlan
from asyncore_codemods.plan.mail.mail_channels import MailChannelPlan
from asyncore_codemods.plan.mail.mail_servers import MailServerPlan
from asyncore_codemods.plan.protocols.datagrams import DatagramPlan
from asyncore_codemods.plan.protocols.pipes import PipePlan
from asyncore_codemods.plan.sessions.sessions import SessionPlan

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.looping.startups import Startup
    from asyncore_codemods.index import Module
    from asyncore_codemods.model.programs import ModuleUse
    from asyncore_codemods.model.sessions import Reason
    from asyncore_codemods.plan.description import Dialled
    from asyncore_codemods.plan.looping.homes import Home
    from asyncore_codemods.spans import Place

AnyPlan = Union[SessionPlan, ListenerPlan, DatagramPlan, PipePlan, MailServerPlan, MailChannelPlan, IdlePlan]


@dataclass(eq=False)
class HierarchyPlan:
    """What becomes of one hierarchy: streams if there is no reason against it, else the bridge."""

    hierarchy: Hierarchy
    role: str
    plan: AnyPlan | None = None
    reasons: list[Reason] = field(default_factory=list)
    ignored: Reason | None = None  # the one that an ignore comment is
    is_unrun: bool = False  # nothing of the program runs it: that is for others to do
    is_alone: bool = False  # nothing of the program makes it, and it runs the loop for itself

    @property
    def rule(self) -> Code:
        """The rule by which it is rewritten."""
        return Code.SMTPD if isinstance(self.plan, (MailServerPlan, MailChannelPlan)) else Code.STREAMS

    @property
    def dialled(self) -> list[Dialled]:
        """Where clients are given their addresses; none if they are not to be rewritten."""
        connection = self.plan.description.connection if isinstance(self.plan, SessionPlan) else None
        return connection.dialled if connection is not None else []


@dataclass
class ProgramPlan:
    """What becomes of a program."""

    modules: list[Module]
    hierarchies: list[HierarchyPlan]
    reasons: list[Reason] = field(default_factory=list)  # that concern the program as a whole
    startups: list[Startup] = field(default_factory=list)
    started: list[tuple[Hierarchy, Place]] = field(default_factory=list)  # clients made elsewhere than for a loop
    homes: dict[str, Home] = field(default_factory=dict)  # the file that keeps what is started, by that of a loop
    changes: Changes = field(default_factory=Changes)
    removed_uses: list[ModuleUse] = field(default_factory=list)
    harmless_uses: list[ModuleUse] = field(default_factory=list)  # which may stay
    families: list[list[HierarchyPlan]] = field(default_factory=list)
    closed_early: list[Hierarchy] = field(default_factory=list)  # before the loop runs, perhaps
    accepts_first: bool = False  # what stays on the bridge looks at sessions that are rewritten

    @property
    def free(self) -> list[HierarchyPlan]:
        """The hierarchies whose families have no reason to stay on the bridge."""
        return [h for family in self.families if not any(h.reasons for h in family) for h in family]

    @property
    def converted(self) -> list[HierarchyPlan]:
        """The hierarchies that are rewritten."""
        return [] if self.reasons else self.free

    @property
    def bridged(self) -> list[HierarchyPlan]:
        """The hierarchies that stay on the bridge."""
        converted = self.converted
        return [h for h in self.hierarchies if h not in converted]

    def family_of(self, planned: HierarchyPlan) -> list[HierarchyPlan]:
        """Return what changes together with *planned*, itself included."""
        return next(family for family in self.families if planned in family)

    def closes_early(self, hierarchy: Hierarchy) -> bool:
        """Tell whether an object of *hierarchy* may be closed before it serves."""
        names = set(hierarchy.names)
        over = [startup for startup in self.startups if startup.may_be_over]
        return any(hierarchy is early for early in self.closed_early) or any(
            not root.classes.isdisjoint(names) for startup in over for root in startup.roots
        )
