"""Where the loop has been left: behind it in its own function, and behind the calls of that in other functions.

By then asyncio.run() has ended all sessions, and nothing can be done with them any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings, outline_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index import Module
    from asyncore_codemods.model.programs import LoopSite
    from asyncore_codemods.spans import Span


@dataclass(frozen=True)
class Leaving:
    """A loop, or a call that leads to one: behind it the loop has been left."""

    site: LoopSite
    span: Span
    is_sure: bool = True  # False if it may be something else of this name that is called


def leavings(modules: Sequence[Module], loops: Sequence[LoopSite]) -> dict[tuple[str, str], list[Leaving]]:
    """Return where the loops are left, by file and function."""
    found: dict[tuple[str, str], list[Leaving]] = {}
    queue = [((site.place.path, site.scope), Leaving(site, site.place.span)) for site in loops]
    queue += [
        ((site.handed.path, site.handed_scope), Leaving(site, site.handed.span)) for site in loops if site.handed
    ]
    calls: dict[str, list[tuple[tuple[str, str], Span]]] = {}  # by what is called
    defined: dict[str, int] = {}  # how often
    while queue:
        home, leaving = queue.pop()
        if leaving in found.setdefault(home, []):
            continue
        found[home].append(leaving)
        name = home[1].rpartition(".")[2]
        if name not in calls:
            calls[name] = list(_calls(modules, name)) if name else []
            defined[name] = sum(len(outline_of(module).functions.get(name, ())) for module in modules)
        is_sure = leaving.is_sure and defined[name] == 1
        queue += [(outer, Leaving(leaving.site, span, is_sure)) for outer, span in calls[name]]
    return found


def _calls(modules: Sequence[Module], name: str) -> Iterator[tuple[tuple[str, str], Span]]:
    """Yield where something called *name* is called: the file and the function, and the call."""
    for module in modules:
        around = Surroundings(module)
        for call in outline_of(module).calls.get(name, ()):
            yield (str(module.path), around.scope(call)), module.source.span(call)
