"""What the classes have in common that become protocols of asyncio: they go on getting calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.members import class_place, drop_bases, has_own, rewrite_log_call

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.lifetime.endings import EndingFacts
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.model.uses import Use
    from asyncore_codemods.spans import Place


FINISHED = ("finished", "has_ended", "end_of_service")
RECEIVE = ("receive", "handle_received", "take_received")


class ProtocolPlanner:
    """Plans one hierarchy, collecting changes and reasons."""

    base = "asyncio.Protocol"

    def __init__(self, hierarchy: Hierarchy, outside: list[OutsideUse]) -> None:
        self.hierarchy = hierarchy
        self.outside = outside
        self.changes = Changes()
        self.reasons: list[Reason] = []

    def _reason(self, code: Code, message: str, place: Place) -> None:
        self.reasons.append(Reason(code, message, place))

    def _own_names(self, code: Code, called: set[str]) -> set[str]:
        """Return what the author has named, with a reason for each name that a protocol needs."""
        own = self.hierarchy.own_names
        for name in sorted(own & (called | {"transport", "connection_made", "connection_lost"})):
            self._reason(code, f"already has an attribute called {name}", class_place(self.hierarchy.top))
        return own

    def _change_other(self, use: Use, place: Place) -> None:
        """Deal with a use that means the same wherever it stands."""
        if use.name == "log" and use.kind is not Kind.BASE_CALL and has_own(self.hierarchy, "log"):
            return
        if use.name in ("log", "log_info"):
            reason = rewrite_log_call(place.path, use, self.changes)
            self.reasons += [reason] if reason else []
        elif use.name not in ("debug", "closing") or use.kind is not Kind.WRITE:
            self._reason(Code.INTERNALS, f"uses {use.name}, which only asyncore has", place)

    def _change_ending(self, use: Use, place: Place, endings: EndingFacts) -> None:
        """close() goes on existing; what called the base class's hooks calls it, or prints the error first."""
        if use.kind is not Kind.BASE_CALL:
            if use.name == "handle_close" and not endings.overrides_handle_close:
                self.changes.of(place.path).expressions[use.span] = "self.close"
            return
        if not use.alone or use.arguments or endings.overrides_close:
            self._reason(Code.INTERNALS, f"calls the base class's {use.name}()", place)
            return
        lines = ["self.close()"]
        if use.name == "handle_error":
            hook = "self.handle_close()" if endings.overrides_handle_close else "self.close()"
            lines = ["traceback.print_exc()", hook]
        self.changes.of(place.path).statements[use.statement] = "\n".join(lines)

    def _change_bases(self) -> None:
        drop_bases(self.hierarchy, self.changes)
        top = self.hierarchy.top
        file = self.changes.of(str(top.module.path))
        span = top.module.source.span
        gone = file.bases.pop(span(top.node), set())
        for node in top.node.bases:
            if span(node) in gone:
                file.expressions[span(node)] = self.base
