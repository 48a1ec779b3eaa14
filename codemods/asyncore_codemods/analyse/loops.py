"""Where a program runs asyncore's loop, and how it goes on afterwards."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.references import Surroundings
from asyncore_codemods.analyse.syntax import self_name
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import LoopSite
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project

_HARMLESS_ARGUMENTS = ("timeout", "use_poll")
_POSITIONS = ("timeout", "use_poll", "map", "count")


def read_loops(project: Project, modules: list[Module]) -> list[LoopSite]:
    """Return every call of asyncore.loop() in *modules*, or of what `--level loop` makes of it."""
    sites = []
    for module in modules:
        around = Surroundings(module)
        for node in walk(module.source.tree):
            if isinstance(node, ast.Call):
                name = project.resolve_node(module, node.func)
                if name == "asyncore.loop":
                    sites.append(_read_site(project, module, around, node, node, _POSITIONS))
                elif name == "asyncio.run" and _is_until_empty(project, module, node):
                    inner = node.args[0]
                    assert isinstance(inner, ast.Call)
                    sites.append(_read_site(project, module, around, node, inner, ("map",)))
    return sites


def _is_until_empty(project: Project, module: Module, run: ast.Call) -> bool:
    if len(run.args) != 1 or run.keywords or not isinstance(run.args[0], ast.Call):
        return False
    return project.resolve_node(module, run.args[0].func) == f"{legacy.BRIDGE}.until_empty"


def _read_site(
    project: Project,
    module: Module,
    around: Surroundings,
    call: ast.Call,
    inner_call: ast.Call,
    positions: Sequence[str],
) -> LoopSite:
    """Read the site *call*, whose arguments are those of *inner_call*."""
    statement = around.statement(call)
    ancestors = around.ancestors(call)
    functions = [n for n in ancestors if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))]
    inner = ancestors[: ancestors.index(functions[0])] if functions else ancestors
    place = Place(str(module.path), module.source.span(call))
    site = LoopSite(
        place,
        around.scope(call),
        module.source.span(statement),
        alone=isinstance(statement, ast.Expr) and statement.value is call,
        in_loop=any(isinstance(node, (ast.While, ast.For)) for node in inner),
        guarded=any(isinstance(node, (ast.Try, ast.With)) for node in inner),
    )
    holder = around.parents.get(functions[0]) if functions else None
    if isinstance(holder, ast.ClassDef) and isinstance(functions[0], ast.FunctionDef):
        entry = project.entries.get(id(holder))
        site.owner = entry.qualname if entry is not None else ""
        site.self_name = self_name(functions[0])
    site.problems = _problems(inner_call, place, functions, positions)
    return site


def _problems(call: ast.Call, place: Place, functions: Sequence[ast.AST], positions: Sequence[str]) -> list[Reason]:
    problems = []
    given = dict(zip(positions, call.args))
    for keyword in call.keywords:
        given[keyword.arg or "**"] = keyword.value
    for name, value in given.items():
        is_none = isinstance(value, ast.Constant) and value.value is None
        if name in _HARMLESS_ARGUMENTS or is_none:
            continue
        code = Code.MAP if name == "map" else Code.LOOP
        problems.append(Reason(code, f"the loop is run with {name}={ast.unparse(value)}", place))
    if any(isinstance(f, ast.Lambda) for f in functions):
        problems.append(Reason(Code.LOOP, "the loop is run in a lambda", place))
    if any(isinstance(f, ast.AsyncFunctionDef) for f in functions):
        problems.append(Reason(Code.LOOP, "the loop is run in a coroutine", place))
    return problems
