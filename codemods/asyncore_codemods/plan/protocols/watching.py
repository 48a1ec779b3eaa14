"""Decide how a file_dispatcher becomes a class whose file asyncio watches, or why it does not.

What reads from a device, or lets a library do so, has no use for asyncore's recv(), nor for a protocol: it wants to
know when there is something to read. `loop.add_reader()` tells it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.analyse.lifetime.endings import read_endings
from asyncore_codemods.analyse.lifetime.twice import uses_poll
from asyncore_codemods.codes import Code
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.plan.members import Overrides, check_members, drop_bases
from asyncore_codemods.plan.protocols.files import NUMBERS, known_kind, watched_kind
from asyncore_codemods.plan.protocols.pipes import OVERRIDES, PipePlan, PipePlanner, plan_pipe

if TYPE_CHECKING:
    import ast

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.model.sessions import Reason
    from asyncore_codemods.model.uses import Use
    from asyncore_codemods.plan.description import PipeDescription

_OVERRIDES = Overrides(OVERRIDES.own | {"recv"}, OVERRIDES.trivial, OVERRIDES.never_called)


def plan_file(hierarchy: Hierarchy, outside: list[OutsideUse], modules: list[Module]) -> PipePlan | list[Reason]:
    """Return the plan for *hierarchy*, which may be made in any of *modules*, or every reason against it."""
    if _reads_by_itself(hierarchy):
        return _Planner(hierarchy, outside, modules).plan()
    return plan_pipe(hierarchy, outside, modules)


def _reads_by_itself(hierarchy: Hierarchy) -> bool:
    """Tell whether every handle_read() has a way of its own to read."""
    uses = [use for _, use in hierarchy.uses("recv")]
    inherits = any(use.kind is Kind.BASE_CALL for use in uses) or (uses and not hierarchy.overrides("recv"))
    return bool(hierarchy.methods.get("handle_read")) and not inherits


class _Planner(PipePlanner):
    wanted = "a file, or the number of one"
    is_typed = False  # it watches standard input, which a terminal can be written to

    def known(self, node: ast.expr, module: Module) -> str:
        """Return what an expression is: whatever it is can be watched, if that is known."""
        kind = known_kind(node, module)
        self.is_typed = self.is_typed or kind in ("file", "number")
        return kind or watched_kind(node, module)

    def plan(self) -> PipePlan | list[Reason]:
        """Return the plan, or the reasons."""
        self.reasons += check_members(self.hierarchy, _OVERRIDES, self.changes)
        endings = read_endings(self.hierarchy, may_raise=False)
        if isinstance(endings, list):
            return [*self.reasons, *endings]
        description = self._describe(endings, set())
        if uses_poll(self.hierarchy.project, self.modules):
            message = (
                "may be closed by poll() when there is nobody left at the other end, and would be called instead"
            )
            self._reason(Code.FILE_DISPATCHER, message, description.place)
        description.serve = next(n for n in ("watch", "watch_forever", "watch_file") if n not in self.own)
        description.file = next(n for n in ("fd", "watched", "watched_fd") if n not in self.own)
        description.watches = next(n for n in ("read_ready", "on_readable", "tell_readable") if n not in self.own)
        self._change_uses(description, endings)
        if self.is_typed and not self.hierarchy.overrides("handle_write"):
            self._check_writable()
        if self.reasons:
            return self.reasons
        drop_bases(self.hierarchy, self.changes)
        return PipePlan(self.hierarchy, description, self.changes)

    def _is_understood(self, use: Use) -> bool:
        """Tell whether a use is of the author's own, or of handle_read(), which goes on being called."""
        return use.name in self.hierarchy.methods and use.kind is not Kind.BASE_CALL

    @staticmethod
    def _opening(description: PipeDescription, own: str, given: str, kind: str) -> str:
        """Return what watches the file that is *given*, by a number of its own, which close() closes."""
        number = given if kind in NUMBERS else f"{given}.fileno()"
        return f"{own}.{description.file} = os.dup({number})\nos.set_blocking({own}.{description.file}, False)"
