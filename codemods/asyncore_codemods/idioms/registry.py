"""The list that every detector enters itself in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from asyncore_codemods.analyse.families.views import ClassView

Detector = Callable[["ClassView"], "Iterable[ast.AST]"]


@dataclass(frozen=True)
class Idiom:
    """One idiom: `name` is `group.what`, `summary` a sentence."""

    name: str
    summary: str
    detect: Detector


IDIOMS: dict[str, Idiom] = {}


def idiom(name: str) -> Callable[[Detector], Detector]:
    """Enter the decorated detector as *name*; its docstring is the summary."""

    def enter(detector: Detector) -> Detector:
        summary = " ".join((detector.__doc__ or "").split())
        IDIOMS[name] = Idiom(name, summary, detector)
        return detector

    return enter


def read_idioms(view: ClassView) -> Iterator[tuple[str, int]]:
    """Yield the name and the first line of every idiom that the class shows."""
    for one in IDIOMS.values():
        lines = [getattr(node, "lineno", 0) for node in one.detect(view)]
        if lines:
            yield one.name, min(lines) or view.entry.node.lineno
