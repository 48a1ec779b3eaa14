"""Fixtures of pytest: a function that is given, by the name of its parameter, what another one makes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project


def fixtures_for(project: Project, module: Module, function: ast.FunctionDef) -> Iterator[ast.FunctionDef]:
    """Yield the fixtures of *module* whose values *function*, a fixture itself, is given."""
    if not _is_fixture(project, module, function):
        return
    for argument in function.args.args:
        named = [node for node in module.source.tree.body if getattr(node, "name", "") == argument.arg]
        stored = any(
            isinstance(node, ast.Name) and node.id == argument.arg and is_stored(node) for node in walk(function)
        )
        for other in named if len(named) == 1 and not stored else ():
            if isinstance(other, ast.FunctionDef) and other is not function and _is_fixture(project, module, other):
                yield other


def gives(fixture: ast.FunctionDef, name: str) -> bool:
    """Tell whether the value of *fixture* is its variable *name*, in every case."""
    returned = list(walk(fixture, (ast.Return, ast.Yield, ast.YieldFrom)))
    stored = [node for node in walk(fixture, ast.Name) if node.id == name]
    is_bound_once = sum(is_stored(node) for node in stored) == 1
    value = getattr(returned[0], "value", None) if len(returned) == 1 else None
    return is_bound_once and isinstance(value, ast.Name) and value.id == name


def _is_fixture(project: Project, module: Module, function: ast.FunctionDef) -> bool:
    decorators = [one.func if isinstance(one, ast.Call) else one for one in function.decorator_list]
    named = any(
        k.arg == "name" for one in function.decorator_list if isinstance(one, ast.Call) for k in one.keywords
    )
    targets = [project.resolve_node(module, one) for one in decorators]
    return targets in (["pytest.fixture"], ["pytest.yield_fixture"]) and not named
