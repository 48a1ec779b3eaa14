"""Whether the `run()` of a thread's class is nothing but what its `start()` runs, in a thread of its own.

`job(data).run()` might be such a call wherever a thread may be what `job(data)` returns. It is not if each object
of the class is started where it is made, or kept under a name and never handed on.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import last_name, self_name
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry

_ASKING = (ast.Compare, ast.If, ast.IfExp, ast.UnaryOp, ast.BoolOp, ast.While)


def is_only_started(project: Project, entry: ClassEntry) -> bool:
    """Tell whether nobody calls the run() of the objects of *entry*, a class of threads."""
    if any(True for _ in entry.descendants()) or _gives_itself_away(entry):
        return False
    names: set[str] = set()
    for module, node in _mentions(project, entry):
        around = Surroundings(module)
        made = around.parents[node]
        keeper = around.parents.get(made)
        if not isinstance(made, ast.Call) or made.func is not node:
            return False
        if isinstance(keeper, ast.Assign) and all(last_name(target) for target in keeper.targets):
            names |= {last_name(target) for target in keeper.targets}
        elif not isinstance(keeper, ast.Expr) and not (isinstance(keeper, ast.Attribute) and keeper.attr != "run"):
            return False
    return not any(_is_handed_on(module, names) for module in project.modules.values())


def _mentions(project: Project, entry: ClassEntry) -> Iterator[tuple[Module, ast.expr]]:
    for module in project.modules.values():
        if entry.name in module.source.text:
            for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
                if project.class_named(module, node) is entry:
                    yield module, node


def _gives_itself_away(entry: ClassEntry) -> bool:
    """Tell whether an object of the class runs itself, or hands itself on, but to its base class's constructor."""
    around = Surroundings(entry.module)
    for method in methods_of(entry.node):
        own = self_name(method)
        for node in walk(method, ast.Name):
            if node.id == own:
                outer = around.parents[node]
                is_base_call = isinstance(outer, ast.Call) and last_name(outer.func) == "__init__"
                if not is_base_call and not (isinstance(outer, ast.Attribute) and outer.attr != "run"):
                    return True
    return False


def _is_handed_on(module: Module, names: set[str]) -> bool:
    """Tell whether something that is called by one of *names* is run here, or is given another name."""
    around = Surroundings(module)
    for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
        if last_name(node) not in names:
            continue
        outer = around.parents[node]
        is_its = isinstance(outer, ast.Attribute) and outer.attr != "run"
        if isinstance(node.ctx, ast.Load) and not is_its and not isinstance(outer, _ASKING):
            return True
    return False
