"""Whether those make the objects of a program who may: listeners their sessions, the program its clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.clients.both_ends import is_to_connect, read_choice
from asyncore_codemods.analyse.families.hierarchies import dials_of
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import Mention
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.plan.members import class_place
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.model.programs import ClassMention
    from asyncore_codemods.plan.program_plan import HierarchyPlan


@dataclass
class Makers:
    """Who makes what in a program."""

    references: References
    accepted: frozenset[tuple[str, object]]  # the calls that make sessions
    listeners: frozenset[str]  # by qualified name
    unplanned: frozenset[str]  # the names of the listeners that cannot be rewritten
    is_library: bool  # whose listeners may be elsewhere

    def check_told(self, planned: HierarchyPlan) -> None:
        """See to it that each client that is told where to connect is told so where it is made."""
        told = [one.made for one in planned.dialled if one.made is not None]
        names = sorted(planned.hierarchy.names)
        mentions = [one for name in names for one in self.references.mentions.get(name, ())]
        made = [one for one in mentions if one.mention is Mention.CONSTRUCTED and not self._is_accepted(one)]
        if told and len(made) != len(told):
            place = made[0].place if made else class_place(planned.hierarchy.top)
            message = "is made and not told where to connect, or told elsewhere"
            planned.reasons.append(Reason(Code.CLIENT, message, place))

    def check_both_ends(self, planned: HierarchyPlan) -> None:
        """See to it that each object of a class that may be either is an accepted connection, or makes one."""
        dialling = [entry for entry, _ in dials_of(planned.hierarchy)]
        told = [one.made for one in planned.dialled if one.made is not None]
        choice = read_choice(planned.hierarchy)
        for member in planned.hierarchy.members:
            inherits = any(ancestor in dialling for ancestor in member.lineage())
            for mention in self.references.mentions.get(member.qualname, ()):
                is_accepted, dials = self._is_accepted(mention), inherits
                call = Place(mention.place.path, mention.call) if mention.call is not None else None
                if choice is not None and call is not None:
                    dialled = is_to_connect(planned.hierarchy, member, choice, call)
                    dials = is_accepted if dialled is None else dialled
                elif call in told:
                    dials = True
                if mention.mention is Mention.CONSTRUCTED and is_accepted == dials:
                    what = "accepted, though it connects" if dials else "made without a connection"
                    planned.reasons.append(Reason(Code.CONSTRUCTION, f"is {what}", mention.place))

    def _is_accepted(self, mention: ClassMention) -> bool:
        """Tell whether a listener makes a session of a new connection there."""
        return (mention.place.path, mention.call) in self.accepted

    def check_sessions(self, planned: HierarchyPlan) -> None:
        """See to it that listeners make the sessions, and nobody else."""
        made = False
        for name in sorted(planned.hierarchy.names):
            for mention in self.references.mentions.get(name, ()):
                known = mention.mention in (Mention.BASE, Mention.BASE_CALL, Mention.ATTRIBUTE, Mention.CHECKED)
                if mention.mention is Mention.CONSTRUCTED:
                    # a listener with reasons of its own need not be blamed for its sessions as well
                    in_listener = mention.scope.rpartition(".")[0] in self.unplanned
                    known = in_listener or self._is_accepted(mention)
                    made = made or known
                elif mention.mention in (Mention.STORED, Mention.PASSED):
                    known = mention.owner in self.listeners
                    made = made or known
                elif (mention.place.path, mention.place.span) in self.accepted:
                    known = made = True  # functools.partial(Session, ...)
                if not known:
                    planned.reasons.append(
                        Reason(
                            Code.CONSTRUCTION,
                            "is made or passed on outside a listener's accept method",
                            mention.place,
                        )
                    )
        if not made and not planned.reasons and self.is_library:
            planned.is_unrun = True
        elif not made and not planned.reasons:
            planned.reasons.append(
                Reason(
                    Code.CONSTRUCTION,
                    "is never made by a listener of this program",
                    class_place(planned.hierarchy.top),
                )
            )
