"""Give programs that keep using asynchat.simple_producer, to derive from it say, a class of their own for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.plan.looping.loop_sites import taken_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncore_codemods.index import Project
    from asyncore_codemods.model.programs import ModuleUse
    from asyncore_codemods.plan.changes import Changes

SIMPLE = "asynchat.simple_producer"
_NAME = "SimpleProducer"
_CLASS = f'''\
class {_NAME}:
    """Gives *data* a piece at a time."""

    def __init__(self, data, buffer_size=512):
        self.data = data
        self.buffer_size = buffer_size

    def more(self):
        piece, self.data = self.data[: self.buffer_size], self.data[self.buffer_size :]
        return piece'''


def replace_simple_producers(project: Project, changes: Changes, uses: Iterable[ModuleUse]) -> None:
    """Have every file among *uses* that goes on using the old class use its own."""
    first: dict[str, ModuleUse] = {}
    for use in sorted(uses, key=lambda one: (one.place.path, one.place.span)):
        file = changes.of(use.place.path)
        gone = [*file.removed, *file.statements]
        tree = project.module_at(use.place.path).source.tree
        if use.name != SIMPLE or any(span.contains(use.place.span) for span in gone) or taken_names(tree, [_NAME]):
            continue
        first.setdefault(use.place.path, use)
        file.expressions[use.place.span] = _NAME
    for path, use in first.items():
        source = project.module_at(path).source
        span = next(s for s in map(source.span, source.tree.body) if s.contains(use.place.span))
        file = changes.of(path)
        file.prepended[span] = "\n\n\n".join([*([file.prepended[span]] if span in file.prepended else []), _CLASS])
