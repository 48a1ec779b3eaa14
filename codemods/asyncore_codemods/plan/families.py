"""Which hierarchies must change together: a listener, the sessions it makes, and what they make in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.model.programs import Mention
from asyncore_codemods.plan.listeners import ListenerPlan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.analyse.output.pairs import Paired
    from asyncore_codemods.plan.program_plan import HierarchyPlan


def find_families(
    hierarchies: Sequence[HierarchyPlan], references: References, pairs: Mapping[str, Paired]
) -> list[list[HierarchyPlan]]:
    """Return *hierarchies* in groups of those that are tied to each other, directly or not."""
    top_of = {name: planned.hierarchy.top.qualname for planned in hierarchies for name in planned.hierarchy.names}
    numbers = {planned.hierarchy.top.qualname: number for number, planned in enumerate(hierarchies)}
    for one, other in _ties(hierarchies, references, pairs):
        if one in top_of and other in top_of:
            old, new = numbers[top_of[one]], numbers[top_of[other]]
            numbers = {top: new if number == old else number for top, number in numbers.items()}
    families: dict[int, list[HierarchyPlan]] = {}
    for planned in hierarchies:
        families.setdefault(numbers[planned.hierarchy.top.qualname], []).append(planned)
    return list(families.values())


def _ties(
    hierarchies: Sequence[HierarchyPlan], references: References, pairs: Mapping[str, Paired]
) -> Iterator[tuple[str, str]]:
    """Yield pairs of classes of which one makes the other, or is given it to make."""
    members = [member for planned in hierarchies for member in planned.hierarchy.members]
    makers = {(str(m.module.path), m.name): m.qualname for m in members}
    for top, paired in pairs.items():
        yield from ((top, other) for other in sorted(paired.ties - {top}))
    for planned in hierarchies:
        for base in (*planned.hierarchy.bases, *planned.hierarchy.spared):
            yield from ((planned.hierarchy.top.qualname, child.qualname) for child in base.children)
        for name in sorted(planned.hierarchy.names):
            for mention in references.mentions.get(name, ()):
                maker = makers.get((mention.place.path, mention.scope.split(".")[0]))
                if mention.mention is Mention.CONSTRUCTED and maker:
                    yield maker, name
                elif mention.mention in (Mention.STORED, Mention.PASSED) and mention.owner:
                    yield mention.owner, name
        if isinstance(planned.plan, ListenerPlan):
            for site in planned.plan.facts.sites:
                for name in site.classes:
                    yield planned.hierarchy.top.qualname, name
