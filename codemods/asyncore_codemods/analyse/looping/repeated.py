"""Whether a program may make several objects of a class: a loop that one of them runs serves all of them."""

from __future__ import annotations

import ast
from itertools import combinations
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.again import catches_nothing
from asyncore_codemods.analyse.looping.processes import is_main_guard, may_meet
from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.analyse.values.syntax import REPEATS, following, last_name
from asyncore_codemods.index.handed_on import loads_by_name
from asyncore_codemods.nodes import DEFINITIONS, FUNCTIONS, walk

if TYPE_CHECKING:
    from collections.abc import Collection

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry


def is_repeated(
    project: Project, modules: Collection[Module], module: Module, call: ast.Call, runs: Collection[str] = ()
) -> bool:
    """Tell whether *call* may be made again and again: in a loop, or by a function that is named more than once.

    In a loop, what it makes may be gone before the next is made: one of its methods *runs* returns then.
    """
    around = Surroundings(module)
    ancestors = around.ancestors(call)
    functions = [node for node in ancestors if isinstance(node, FUNCTIONS)]
    inner = ancestors[: ancestors.index(functions[0])] if functions else ancestors
    repeats = [node for node in inner if isinstance(node, REPEATS)]
    if repeats and not _runs_in_turn(around, call, repeats[-1], runs):
        return True
    name = functions[0].name if functions else "__init__"
    return name != "__init__" and _times_named(project, modules, name) > 1


def _times_named(project: Project, modules: Collection[Module], name: str) -> int:
    """Return how often one process may name a function: it is started with one file, and imports the others."""
    by_name = any(loads_by_name(module.source.text) for module in modules)
    imported = {other.path for module in modules for other in project.imported_modules(module)}
    always, at_starts = 0, [0]
    for module in modules:
        is_started = module.path not in imported and not by_name
        start = [one for one in module.source.tree.body if _is_start(one, is_started=is_started)]
        at_starts.append(sum(last_name(node) == name for one in start for node in walk(one)))
        always += sum(last_name(node) == name for node in walk(module.source.tree)) - at_starts[-1]
    return always + max(at_starts)


def _is_start(statement: ast.stmt, *, is_started: bool) -> bool:
    """Tell whether a statement of a file runs only when the file is started, as those with no importer are."""
    if is_main_guard(statement) and not statement.orelse:
        return True
    return is_started and not isinstance(statement, DEFINITIONS)


def _runs_in_turn(around: Surroundings, call: ast.Call, repeat: ast.AST, runs: Collection[str]) -> bool:
    """Tell whether each turn of *repeat* has what *call* makes run to its end, and nothing ends it before."""
    statement = around.statement(call)
    found: list[ast.stmt] = []
    if isinstance(statement, ast.Expr):
        found = [statement] if _tells(statement, call, runs) else []
    elif isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1:
        later = following(around.parents[statement], statement)
        found = [one for one in later if _tells(one, statement.targets[0], runs)]
    if len(found) != 1:
        return False
    inner: ast.AST = found[0]
    for outer in around.ancestors(inner):
        if isinstance(outer, ast.Try) and inner in outer.body:
            if not all(leaves(handler.body[-1]) or catches_nothing(handler.type) for handler in outer.handlers):
                return False  # what it leaves open is there in the next turn
        elif not isinstance(outer, (ast.Try, ast.If, ast.While, ast.For)):
            return False
        if outer is repeat:
            return True
        inner = outer
    return False


def _tells(statement: ast.stmt, made: ast.expr, runs: Collection[str]) -> bool:
    """Tell whether a statement is `made.run(...)`, for one of *runs*."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr not in runs:
        return False
    return call.func.value is made or ast.unparse(call.func.value) == ast.unparse(made)


def is_made_again(project: Project, modules: Collection[Module], entry: ClassEntry) -> bool:
    """Tell whether a program in *modules* makes more than one object of the class *entry*."""
    made = [
        (module, node)
        for module in modules
        for node in walk(module.source.tree, ast.Call)
        if project.class_named(module, node.func) is entry
    ]
    several = any(may_meet(project, one, other) for one, other in combinations(made, 2))
    return several or any(is_repeated(project, modules, module, call) for module, call in made)
