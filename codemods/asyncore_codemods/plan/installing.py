"""Programs that have the bridge installed under the old names: `asyncore_bridge.install()`, in a starter as a rule.

The call goes when nothing is left on the bridge, and its import with it. What else a program uses of the bridge by
its name is of its asyncio's part: that knows channels, which rewritten classes are no more.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project

_INSTALL, _UNTIL_EMPTY = f"{legacy.BRIDGE}.install", f"{legacy.BRIDGE}.until_empty"


def installs(project: Project, modules: Sequence[Module]) -> tuple[list[Place], list[Reason]]:
    """Return the statements that go once nothing is on the bridge, and what else there is that needs it."""
    goes, reasons = [], []
    for module in modules:
        if legacy.BRIDGE not in module.source.text:
            continue
        parents = parent_map(module.source.tree)
        for node in walk(module.source.tree):
            name = _used(project, module, node)
            outer = parents.get(node)
            if not name or isinstance(outer, ast.Attribute):
                continue
            statement = parents[outer] if isinstance(outer, ast.Call) and outer.func is node else None
            if name == _INSTALL and isinstance(statement, ast.Expr):
                goes.append(Place(str(module.path), module.source.span(statement)))
            elif name != _UNTIL_EMPTY:  # which stands for the loop
                place = Place(str(module.path), module.source.span(node))
                reasons.append(Reason(Code.ASYNCORE_USE, f"the program uses {name}", place))
    return goes, reasons


def _used(project: Project, module: Module, node: ast.AST) -> str:
    """Return the dotted name of what *node* uses of the bridge, unless that is its copy of a removed module."""
    if not isinstance(node, (ast.Name, ast.Attribute)) or is_stored(node):
        return ""
    name = project.resolve_node(module, node) or ""
    is_bridge = name.startswith(f"{legacy.BRIDGE}.") and not legacy.is_legacy(name)
    return name if is_bridge else ""
