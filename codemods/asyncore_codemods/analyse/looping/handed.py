"""A loop in a function of its own, which another file calls when it has made what is to be served: `net.run()`.

`def run(): asyncore.loop()` becomes `def run(serving): asyncio.run(serving)`: its caller hands over what is to be
served.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import last_name, significant
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project

PARAMETER = "serving"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Handed:
    """The call of a function that does nothing but run the loop, and that function."""

    module: Module  # of the call
    call: ast.Call
    function: ast.FunctionDef


def find_handed(project: Project, modules: Sequence[Module], module: Module, loop: ast.Call) -> Handed | None:
    """Return where what *loop* drives can be handed to it, None if its own file may see that, or nobody can."""
    around = Surroundings(module)
    statement = around.statement(loop)
    function = around.parents.get(statement)
    if not isinstance(function, ast.FunctionDef) or around.parents.get(function) is not module.source.tree:
        return None
    is_alone = isinstance(statement, ast.Expr) and statement.value is loop
    is_all = is_alone and significant(function.body) == [statement]
    takes = any(isinstance(node, ast.arg) for node in walk(function.args))
    if not is_all or takes or function.decorator_list or _makes(project, module, module.source.tree):
        return None
    found = [
        (other, node)
        for other in modules
        for node in walk(other.source.tree)
        if isinstance(node, (ast.Name, ast.Attribute)) and last_name(node) == function.name
    ]
    named = [n for other in modules for n in walk(other.source.tree) if getattr(n, "name", "") == function.name]
    is_only = sum(not isinstance(node, ast.alias) for node in named) == 1
    if len(found) != 1 or not is_only or any(getattr(node, "asname", None) for node in named):
        return None
    home, name = found[0]
    outer = Surroundings(home)
    call = outer.parents[name]
    if home is module or not isinstance(call, ast.Call) or call.func is not name or call.args or call.keywords:
        return None
    if project.resolve_node(home, name) != f"{module.name}.{function.name}":
        return None
    scope = next((n for n in outer.ancestors(call) if isinstance(n, _FUNCTIONS)), home.source.tree)
    return Handed(home, call, function) if _makes(project, home, scope) else None


def _makes(project: Project, module: Module, scope: ast.AST) -> bool:
    """Tell whether functions, rather than methods, make what a loop might drive."""
    around = Surroundings(module)
    for node in walk(scope):
        entry = project.class_named(module, node.func) if isinstance(node, ast.Call) else None
        if entry is not None and entry.root:
            ancestors = around.ancestors(node)
            inner = ancestors[: ancestors.index(scope)] if scope in ancestors else ancestors
            if not any(isinstance(outer, ast.ClassDef) for outer in inner):
                return True
    return False
