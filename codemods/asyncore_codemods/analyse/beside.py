"""What runs beside a loop and its handlers: in other threads, that is.

Names are followed, wherever they lead: a handler that calls `x.stop()` may come to every function that is called
`stop`. What no handler leads to, and the loop does not do itself, only other threads can run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.syntax import last_name
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.spans import Place

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def run_beside(
    project: Project, modules: Sequence[Module], module: Module, loop: ast.AST, places: Iterable[Place]
) -> bool:
    """Tell whether nothing at *places* runs in the thread of *loop*, a statement of *module*, while that runs."""
    named: dict[str, list[tuple[Module, ast.AST]]] = {}
    queue: list[tuple[Module, ast.AST]] = [(module, loop)]
    for other in modules:
        for node in walk(other.source.tree):
            if isinstance(node, _DEFINITIONS):
                named.setdefault(node.name, []).append((other, node))
        queue += [(other, node) for node in other.all_classes if _is_channel(project, node)]
    regions: list[tuple[Module, ast.AST]] = []
    seen: set[str] = set()
    while queue:
        region = queue.pop()
        regions.append(region)
        for node in walk(region[1]):
            name = last_name(node)
            if name and name not in seen:
                seen.add(name)
                queue += named.get(name, [])
    return not any(
        str(home.path) == place.path and home.source.span(node).contains(place.span)
        for place in places
        for home, node in regions
    )


def _is_channel(project: Project, node: ast.ClassDef) -> bool:
    entry = project.entries.get(id(node))
    return entry is not None and bool(entry.root)
