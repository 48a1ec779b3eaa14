"""Where the loop has been left: behind it in its own function, and behind the calls of that in other functions.

By then asyncio.run() has ended all sessions, and nothing can be done with them any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings, outline_of

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    while queue:
        home, leaving = queue.pop()
        if leaving in found.setdefault(home, []):
            continue
        found[home].append(leaving)
        name = home[1].rpartition(".")[2]
        defined = sum(len(outline_of(module).functions.get(name, ())) for module in modules)
        for module in modules if name else ():
            for call in outline_of(module).calls.get(name, ()):
                outer = str(module.path), Surroundings(module).scope(call)
                made = Leaving(leaving.site, module.source.span(call), leaving.is_sure and defined == 1)
                queue.append((outer, made))
    return found
