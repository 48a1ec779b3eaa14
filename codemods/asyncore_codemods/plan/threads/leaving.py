"""Whether a program may end before the thread of its loop has sent what other threads push.

Python does not wait for daemon threads: what is pushed right before the end is in their queue, and may stay there.
asyncore sent it in the thread that pushed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index import Module, Project

_NAMES = ("daemon", "setDaemon")


def may_be_left(project: Project, modules: Sequence[Module], pushes: Sequence[OutsideUse]) -> bool:
    """Tell whether the program may end right behind one of *pushes*, and cut off the thread of its loop."""
    if not any(_names_daemon(node) for module in modules for node in walk(module.source.tree)):
        return False
    return not all(_goes_on(project, project.module_at(push.place.path), push) for push in pushes)


def _names_daemon(node: ast.AST) -> bool:
    return (
        (isinstance(node, ast.Attribute) and node.attr in _NAMES)
        or (isinstance(node, ast.keyword) and node.arg in _NAMES)
        or (isinstance(node, ast.Name) and node.id in _NAMES)
    )


def _goes_on(project: Project, module: Module, push: OutsideUse) -> bool:
    """Tell whether *push* stands in a loop without an end, which sleeps each time."""
    around = Surroundings(module)
    if push.call is None:
        return False
    loops = [node for node in around.ancestors(around.call_at(push.call)) if isinstance(node, ast.While)]
    return any(_is_endless(loop) and _sleeps(project, module, loop) for loop in loops)


def _is_endless(loop: ast.While) -> bool:
    leaves = any(isinstance(node, (ast.Break, ast.Return)) for node in walk(loop))
    return isinstance(loop.test, ast.Constant) and bool(loop.test.value) and not leaves


def _sleeps(project: Project, module: Module, loop: ast.While) -> bool:
    calls = (node.func for node in walk(loop, ast.Call))
    return any(project.resolve_node(module, func) == "time.sleep" for func in calls)
