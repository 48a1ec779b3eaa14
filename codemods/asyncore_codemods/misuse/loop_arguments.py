"""asyncore.loop() is called with what it does not take.

Its parameters are timeout, use_poll, map and count. The map is a dictionary of channels by file descriptor, not a
class or a channel; there is no handler: channels enter themselves in the map when they are made.

## What to do

Make the channels first, then call `asyncore.loop()` without them.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.misuse.objects import is_class, is_object
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project

CODE = Code.LOOP_ARGUMENT
_PARAMETERS = ("timeout", "use_poll", "map", "count")
_NO_MAPS = (ast.List, ast.Tuple, ast.Set, ast.ListComp, ast.SetComp)


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield such calls."""
    for node in walk(module.source.tree):
        if not (isinstance(node, ast.Call) and project.resolve_node(module, node.func) == "asyncore.loop"):
            continue
        wrong = [k.arg for k in node.keywords if k.arg is not None and k.arg not in _PARAMETERS]
        if wrong:
            yield node, f"gives asyncore.loop() an argument {wrong[0]}=, which it does not take"
        for name, value in _given(node):
            kind = _kind(project, module, value)
            if kind or (name == "map" and isinstance(value, _NO_MAPS)):
                meant = {"map": "a map", "use_poll": "a flag"}.get(name, f"the {name}")
                yield node, f"gives asyncore.loop() the {kind or 'sequence'} {ast.unparse(value)} for {meant}"


def _given(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    if not any(isinstance(value, ast.Starred) for value in node.args):
        yield from zip(_PARAMETERS, node.args)
    yield from ((k.arg, k.value) for k in node.keywords if k.arg in _PARAMETERS)


def _kind(project: Project, module: Module, node: ast.expr) -> str:
    """Return what kind of thing of the old API an expression is, "" for everything else."""
    if is_class(project, module, node):
        return "class"
    return "channel" if is_object(project, module, node) else ""
