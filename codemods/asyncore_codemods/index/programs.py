"""Which modules of a project are one program: those that import each other, and what may be loaded by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.index.handed_on import loads_by_name
from asyncore_codemods.index.project import package_base

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project


def programs_of(project: Project) -> list[list[Module]]:
    """Return the programs of *project*: groups of modules that import each other."""
    group: dict[Module, int] = {module: index for index, module in enumerate(project.modules.values())}
    statically = {module: list(project.imported_modules(module)) for module in project.modules.values()}
    imported = {other for others in statically.values() for other in others}
    plugins = [  # may be loaded by whoever loads modules by their names, for all that can be seen
        module
        for module in group
        if module not in imported and not any(legacy.is_legacy(one.target) for one in module.imports)
    ]
    for module, others in statically.items():
        loads = loads_by_name(module.source.text)
        home = package_base(module.path.resolve())
        loaded = (one for one in plugins if loads and home in one.path.resolve().parents)
        for other in (*others, *loaded):
            old, new = group[other], group[module]
            if old != new:
                group = {one: new if number == old else number for one, number in group.items()}
    programs: dict[int, list[Module]] = {}
    for module, number in group.items():
        programs.setdefault(number, []).append(module)
    return [sorted(modules, key=lambda m: str(m.path)) for modules in programs.values()]
