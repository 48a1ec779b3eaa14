"""A loop in a function of its own, which another file calls when it has made what is to be served: `net.run()`.

`def run(): asyncore.loop()` becomes `def run(serving): asyncio.run(serving)`: its caller hands over what is to be
served. A `try` for Ctrl-C may stand around the loop, and other statements beside it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.loop_calls import LOOPS
from asyncore_codemods.analyse.values.syntax import caught_by, last_name
from asyncore_codemods.nodes import CALLABLES, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project

PARAMETER = "serving"
_INTERRUPTS = frozenset({"KeyboardInterrupt", "SystemExit"})


@dataclass(frozen=True)
class Handed:
    """The call of a function that runs the loop, and that function."""

    module: Module  # of the call
    call: ast.Call
    function: ast.FunctionDef
    is_guarded: bool  # there is a `try` around the loop, or something behind it


def find_handed(project: Project, modules: Sequence[Module], module: Module, loop: ast.Call) -> Handed | None:
    """Return where what *loop* drives can be handed to it, None if its own file may see that, or nobody can."""
    around = Surroundings(module)
    statement = around.statement(loop)
    outer = around.parents.get(statement)
    function = around.parents.get(outer) if isinstance(outer, ast.Try) and _is_for_interrupts(outer) else outer
    if not isinstance(function, ast.FunctionDef) or around.parents.get(function) is not module.source.tree:
        return None
    is_alone = (
        isinstance(statement, ast.Expr) and statement.value is loop and statement in getattr(outer, "body", ())
    )
    takes = any(isinstance(node, ast.arg) for node in walk(function.args))
    loops = [n for n in walk(function, ast.Call) if project.resolve_node(module, n.func) in LOOPS]
    if not is_alone or loops != [loop] or takes or function.decorator_list:
        return None
    if _makes(project, module, module.source.tree):
        return None
    found = [
        (other, node)
        for other in modules
        for node in walk(other.source.tree, (ast.Name, ast.Attribute))
        if last_name(node) == function.name
    ]
    named = [n for other in modules for n in walk(other.source.tree) if getattr(n, "name", "") == function.name]
    is_only = sum(not isinstance(node, ast.alias) for node in named) == 1
    if len(found) != 1 or not is_only or any(getattr(node, "asname", None) for node in named):
        return None
    home, name = found[0]
    calling = Surroundings(home)
    call = calling.parents[name]
    if home is module or not isinstance(call, ast.Call) or call.func is not name or call.args or call.keywords:
        return None
    if project.resolve_node(home, name) != f"{module.name}.{function.name}":
        return None
    scope = next((n for n in calling.ancestors(call) if isinstance(n, CALLABLES)), home.source.tree)
    is_guarded = outer is not function or function.body[-1] is not statement
    return Handed(home, call, function, is_guarded) if _makes(project, home, scope) else None


def _is_for_interrupts(node: ast.Try) -> bool:
    """Tell whether a `try` catches nothing but Ctrl-C and its like."""
    return not node.orelse and all(
        bool(caught_by(handler)) and set(caught_by(handler)) <= _INTERRUPTS for handler in node.handlers
    )


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
