"""asyncore.loop() is called with what it does not take.

Its parameters are timeout, use_poll, map and count. The map is a dictionary of channels by file descriptor, not a
class; there is no handler: channels enter themselves in the map when they are made.

## What to do

Make the channels first, then call `asyncore.loop()` without them.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.codes import Code
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project

CODE = Code.LOOP_ARGUMENT
_PARAMETERS = ("timeout", "use_poll", "map", "count")


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield such calls."""
    for node in walk(module.source.tree):
        if isinstance(node, ast.Call) and project.resolve_node(module, node.func) == "asyncore.loop":
            wrong = [k.arg for k in node.keywords if k.arg is not None and k.arg not in _PARAMETERS]
            if wrong:
                yield node, f"gives asyncore.loop() an argument {wrong[0]}=, which it does not take"
            maps = [k.value for k in node.keywords if k.arg == "map"] + node.args[2:3]
            if any(_is_class(project, module, value) for value in maps):
                yield node, f"gives asyncore.loop() the class {ast.unparse(maps[0])} for a map"


def _is_class(project: Project, module: Module, node: ast.expr) -> bool:
    means = project.resolve_node(module, node) or ""
    return means in legacy.CLASSES or project.class_at(means, module) is not None
