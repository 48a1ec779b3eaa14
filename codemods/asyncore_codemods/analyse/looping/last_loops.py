"""A loop behind the loop, for what is said at the end to go out: `asyncore.loop(timeout=0.1, count=3)`.

Whoever has left the loop, and closed its sessions, gives them a moment, or, with `asyncore.loop()`, as long as it
takes. What the first loop drove has a task by then, which goes on when that is left. The second one waits for it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.carried import find_carried
from asyncore_codemods.analyse.looping.loop_calls import arguments_by_name
from asyncore_codemods.analyse.values.syntax import suite_of
from asyncore_codemods.analyse.values.waits import Numbers
from asyncore_codemods.model.programs import LastLoop
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.model.programs import LoopSite

_LONGEST = 10.0  # seconds that the end may take: the passes that events make shorter wait less


def take_last_loops(project: Project, modules: Sequence[Module], sites: Sequence[LoopSite]) -> list[LoopSite]:
    """Return *sites* without those that let go out what is said behind another one, which gets them."""
    left = list(sites)
    for site in sites:
        found = _last_loop(project, modules, site)
        if found is None:
            continue
        last, scope = found
        before = [
            one
            for one in left
            if one.place.path == last.place.path
            and one.scope == scope
            and one.statement.end_line < last.place.span.line
            and not (one.problems or one.is_thread or one.handed is not None)
        ]
        if len(before) == 1 and (last.seconds is not None or _is_behind_an_end(project, before[0], last)):
            before[0].last.append(last)
            left.remove(site)
    return left


def _last_loop(project: Project, modules: Sequence[Module], site: LoopSite) -> tuple[LastLoop, str] | None:
    """Return *site* as a last loop and the function of that, if it runs for good, or for some passes."""
    if site.polling is not None or site.in_loop or not site.alone or site.is_thread or site.handed is not None:
        return None
    seconds = _seconds(project, site)
    if seconds is None and (site.problems or site.around is not None):
        return None
    module = project.module_at(site.place.path)
    carried = find_carried(project, modules, module, Surroundings(module).call_at(site.place.span), None)
    if carried is None:
        return LastLoop(site.place, seconds), site.scope
    home = carried.module
    last = LastLoop(Place(str(home.path), home.source.span(carried.call)), seconds)
    last.carried = Place(site.place.path, module.source.span(carried.statement))
    last.is_first = carried.is_first
    return last, Surroundings(home).scope(carried.call)


def _seconds(project: Project, site: LoopSite) -> float | None:
    """Return how long the passes of *site* wait at most; None if there is no end to them."""
    module = project.module_at(site.place.path)
    around = Surroundings(module)
    call = around.call_at(site.place.span)
    given = arguments_by_name(call)
    if len(site.problems) != 1 or "count" not in given:
        return None  # or there is more to it than that
    function = next(iter(around.functions(call)), module.source.tree)
    numbers = Numbers(project, module, function)
    count, timeout = numbers.of(given["count"]), numbers.of(given.get("timeout", ast.Constant(30)))
    seconds = None if count is None or timeout is None else count * timeout
    return seconds if seconds is not None and 0 <= seconds <= _LONGEST else None


def _is_behind_an_end(project: Project, before: LoopSite, last: LastLoop) -> bool:
    """Tell whether *before* has been left in the midst when *last* runs: it is polled, or an exception has."""
    around = Surroundings(project.module_at(last.place.path))
    one, other = (around.call_at(each.place.span) for each in (before, last))
    statement = around.statement(one)
    reached = [around.statement(other), *around.ancestors(other)]
    is_tried = any(isinstance(node, ast.Try) for node in around.ancestors(one))
    ends_by_itself = any(node in reached for node in suite_of(around.parents[statement], statement))
    return before.polling is not None or (is_tried and not ends_by_itself)
