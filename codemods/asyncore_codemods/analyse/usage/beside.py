"""What runs beside a loop and its handlers: in other threads, that is.

Names are followed, wherever they lead: a handler that calls `x.stop()` may come to every function that is called
`stop`. What no handler leads to, and the loop does not do itself, only other threads can run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import last_name
from asyncore_codemods.nodes import DEFINITIONS, walk

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.spans import Place

    Region = tuple[Module, ast.AST]

_BY_NAME = ("getattr", "attrgetter", "methodcaller", "vars", "__dict__", "__getattribute__")


def run_beside(
    project: Project, modules: Sequence[Module], module: Module, loop: ast.AST, places: Iterable[Place]
) -> bool:
    """Tell whether nothing at *places* runs in the thread of *loop*, a statement of *module*, while that runs.

    Of the class that runs the loop itself, others may call what asyncore does not.
    """
    holders = [node for node in module.all_classes if _is_channel(project, node) and loop in walk(node)]
    owner = project.entries[id(holders[-1])] if holders else None
    starts: list[Region] = [(module, loop)]
    if owner is not None and not list(owner.descendants()) and not any(p.root for p in owner.parents):
        starts += [(module, method) for method in called_by_asyncore(owner)]
        regions = reached_from(project, modules, starts, {owner.qualname})
    else:
        regions = reached_from(project, modules, starts)
    return not any(
        str(home.path) == place.path and home.source.span(node).contains(place.span)
        for place in places
        for home, node in regions
    )


def called_by_asyncore(entry: ClassEntry) -> list[FunctionNode]:
    """Return the methods of a channel that are called without being named anywhere, but for its constructor."""
    inherited = legacy.inherited_names(entry.root or "")
    hidden = [m for m in methods_of(entry.node) if m.name in inherited or m.name.startswith("__")]
    return [method for method in hidden if method.name != "__init__"]


def reached_from(
    project: Project, modules: Sequence[Module], starts: Iterable[Region], apart: Container[str] = frozenset()
) -> list[Region]:
    """Return the code that may run when *starts* do, or any channel's method does.

    Of the classes that are *apart* only what is named counts, unless things are called by computed names.
    """
    named: dict[str, list[Region]] = {}
    queue = list(starts)
    if any(_computes_names(module) for module in modules):
        apart = frozenset()
    for other in modules:
        for definition in walk(other.source.tree, DEFINITIONS):
            named.setdefault(definition.name, []).append((other, definition))
        channels = [node for node in other.all_classes if _is_channel(project, node)]
        queue += [(other, node) for node in channels if project.entries[id(node)].qualname not in apart]
    regions: list[Region] = []
    seen: set[str] = set()
    while queue:
        region = queue.pop()
        regions.append(region)
        for node in walk(region[1]):
            name = last_name(node)
            if name and name not in seen:
                seen.add(name)
                kept = [
                    (home, inner) for home, inner in named.get(name, []) if not _is_apart(project, inner, apart)
                ]
                queue += kept
    return regions


def _is_apart(project: Project, node: ast.AST, apart: Container[str]) -> bool:
    entry = project.entries.get(id(node))
    return entry is not None and entry.qualname in apart


def _computes_names(module: Module) -> bool:
    """Tell whether attributes of other objects than `self` are looked up by names that are not written down."""
    return any(
        isinstance(node, ast.Call)
        and last_name(node.func) in _BY_NAME
        and not (len(node.args) > 1 and isinstance(node.args[1], ast.Constant))
        and not (node.args and isinstance(node.args[0], ast.Name) and node.args[0].id == "self")
        for node in walk(module.source.tree)
    )


def _is_channel(project: Project, node: ast.ClassDef) -> bool:
    entry = project.entries.get(id(node))
    return entry is not None and bool(entry.root)
