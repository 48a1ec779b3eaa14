"""Loops of servers that a method runs, which is called again when they have ended, or been left.

What was open stays open in asyncore's map until the next call; `asyncio.run()` closes all, the listener as well.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.receivers import Receivers
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import CALLABLES, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.model.programs import LoopSite


def served_again(
    project: Project, modules: Sequence[Module], loops: Sequence[LoopSite], clients: Collection[str]
) -> Iterator[Reason]:
    """Yield why a loop in a method cannot be asyncio's; *clients* are classes whose objects connect again."""
    for site in loops:
        name = site.scope.rpartition(".")[2]
        if not site.owner or site.owner in clients or site.is_thread or site.polling is not None:
            continue
        if any(_is_repeated(project, module, name, site.owner) for module in modules):
            yield Reason(Code.LOOP, "the program runs the loop again and again", site.place)


def _is_repeated(project: Project, module: Module, name: str, owner: str) -> bool:
    """Tell whether a `for` or a `while` calls the method *name* of one and the same object, again and again."""
    if name not in module.source.text:
        return False
    around = Surroundings(module)
    for node in walk(module.source.tree, ast.Attribute):
        if node.attr != name or isinstance(node.value, ast.Call):
            continue
        call = around.parents[node]
        if not isinstance(call, ast.Call) or call.func is not node:
            continue
        ancestors = around.ancestors(call)
        end = next((i for i, one in enumerate(ancestors) if isinstance(one, CALLABLES)), len(ancestors))
        repeats = [one for one in ancestors[:end] if isinstance(one, (ast.For, ast.While))]
        if not repeats or _is_made_in(repeats[-1], node.value):
            continue
        classes = Receivers(project, module, node).of(node)
        known = [project.classes[one] for one in classes or () if one in project.classes]
        if classes is None or any(owner == entry.qualname for one in known for entry in one.lineage()):
            return True
    return False


def _is_made_in(repeat: ast.stmt, value: ast.expr) -> bool:
    """Tell whether each turn of a loop has an object of its own under a name."""
    text = ast.unparse(value)
    return any(
        isinstance(node, (ast.Name, ast.Attribute))
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node) == text
        for node in walk(repeat)
    )
