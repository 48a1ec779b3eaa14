"""Which files of a project may come together in one process.

A directory often holds several programs, a server and its bots say, that share a file of base classes. Each is a
process of its own, with a loop of its own, and each may have a `main()`. What one of them does says nothing of the
other, unless there is a file that imports both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.index.handed_on import loads_by_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from asyncore_codemods.index import Module, Project


def process_of(project: Project, modules: Sequence[Module], module: Module) -> list[Module]:
    """Return those of *modules* that may be in a process with *module*, itself included."""
    together = {module.path}
    for other in project.modules.values():
        imported = _all_imported(project, other)
        if imported is None:
            return list(modules)
        if module.path in imported:
            together |= imported
    return [one for one in modules if one.path in together]


def _all_imported(project: Project, module: Module) -> set[Path] | None:
    """Return what is imported when *module* is run; None if that cannot be told."""
    seen = {module.path}
    queue = [module]
    while queue:
        one = queue.pop()
        if loads_by_name(one.source.text):
            return None
        for other in _imported(project, one):
            if other.path not in seen:
                seen.add(other.path)
                queue.append(other)
    return seen


def _imported(project: Project, module: Module) -> Iterator[Module]:
    """Yield what *module* imports, and the packages around that and around itself, which come first."""
    for one in (module, *project.imported_modules(module)):
        yield one
        package = one.name.rpartition(".")[0]
        around = project.find_module(package, one) if package else None
        if around is not None:
            yield around
