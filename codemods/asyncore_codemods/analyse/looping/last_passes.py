"""A few more passes after the loop, for what is said at the end to go out: `asyncore.loop(timeout=0.1, count=3)`.

Whoever has left the loop, and closed its sessions, gives them a moment. It stands in the coroutine that the loop
has become, and sleeps as long as these passes would have waited for a peer that says nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.loop_calls import arguments_of
from asyncore_codemods.analyse.values.waits import Numbers
from asyncore_codemods.model.sessions import Replacement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index.project import Project
    from asyncore_codemods.model.programs import LoopSite

_LONGEST = 2.0  # seconds that the end may take
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def take_last_passes(project: Project, sites: Sequence[LoopSite]) -> list[LoopSite]:
    """Return *sites* without those that are the last passes of another one, which gets them."""
    left = list(sites)
    for site in sites:
        seconds = _seconds(project, site)
        before = [
            one
            for one in left
            if one.place.path == site.place.path
            and one.scope == site.scope
            and one.statement.end_line < site.statement.line
            and not (one.problems or one.is_thread or one.handed is not None)
        ]
        if seconds is not None and len(before) == 1:
            before[0].last.append(Replacement(site.place, f"await asyncio.sleep({seconds:g})"))
            left.remove(site)
    return left


def _seconds(project: Project, site: LoopSite) -> float | None:
    """Return how long the passes of *site* wait at most; None if there is no end to them, or they are polled."""
    if site.polling is not None or site.in_loop or not site.alone or site.is_thread:
        return None
    module = project.module_at(site.place.path)
    around = Surroundings(module)
    call = around.call_at(site.place.span)
    given = arguments_of(call)
    if len(site.problems) != 1 or "count" not in given:
        return None  # or there is more to it than that
    function = next((node for node in around.ancestors(call) if isinstance(node, _FUNCTIONS)), module.source.tree)
    numbers = Numbers(project, module, function)
    count, timeout = numbers.of(given["count"]), numbers.of(given.get("timeout", ast.Constant(30)))
    seconds = None if count is None or timeout is None else count * timeout
    return seconds if seconds is not None and 0 <= seconds <= _LONGEST else None
