"""Signal handlers that work with the program's data: they read tables anew, or print how much has been done.

Python runs them between two steps of the main thread, whatever loop that is in, and what they change is seen when
it is looked at next. Only a channel minds: asyncio's transports are not to be used there, and nobody asks
readable() and writable() on every pass any more. So whatever a handler reaches must use nothing that channels have
from asyncore, make none, and leave alone what they look at to read and to write, and what a polled loop looks at
between its passes.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.threads.reach import handlers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index import Module
    from asyncore_codemods.model.programs import LoopSite
    from asyncore_codemods.plan.threads.reach import Reach, Region

_LOOKING = ("readable", "writable", "handle_read", "handle_write")


class DataHandlers:
    """Tells which signal handlers of a program leave its channels alone."""

    def __init__(
        self,
        reach: Reach,
        hierarchies: Sequence[Hierarchy],
        loops: Sequence[LoopSite],
    ) -> None:
        self.reach = reach
        self.is_apart = any(site.is_thread for site in loops)
        self.classes = {name for hierarchy in hierarchies for name in hierarchy.names}
        self.inherited = {name for hierarchy in hierarchies for name in legacy.inherited_names(hierarchy.root)}
        self.watched = _named(
            definition.function
            for hierarchy in hierarchies
            for definition in hierarchy.definitions()
            if definition.function.name in _LOOKING
        )
        if any(site.polling is not None for site in loops):
            tests = [n.test for module in reach.modules for n in walk(module.source.tree, ast.While)]
            self.watched |= _named(tests)
        self.watched -= self.inherited  # which are looked for anyway

    def leaves_channels_alone(self, module: Module, call: ast.Call) -> bool:
        """Tell whether the handler that `signal.signal()` is given works with nothing but data, and returns."""
        starts = handlers_of(module, call)
        if starts is None or self.is_apart:
            return False
        reached = self.reach.of(starts)
        return not (reached.is_open or reached.has_loop or reached.leaves) and not any(
            self._disturbs(region) for region in reached.regions
        )

    def _disturbs(self, region: Region) -> bool:
        """Tell whether a piece of code may do something with a channel, or with what it looks at."""
        module, code = region
        return self.reach.uses(module, code).has_to_do_with(self.classes, self.inherited) or any(
            (isinstance(node, ast.Name) and node.id in self.watched and node.id in module.assigned)
            or (isinstance(node, ast.Attribute) and node.attr in self.watched)
            for node in walk(code)
        )


def _named(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the variables and attributes that are mentioned in *nodes*."""
    every = [inner for node in nodes for inner in walk(node)]
    attributes = {node.attr for node in every if isinstance(node, ast.Attribute)}
    return attributes | {node.id for node in every if isinstance(node, ast.Name)}
