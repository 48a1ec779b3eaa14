"""Methods that do nothing but run a loop, and what belongs to it: they become coroutines themselves.

`App(port).run()` is `asyncio.run(App(port).run())` then, which takes that every call can be seen.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.model.programs import Block
from asyncore_codemods.nodes import CALLABLES, FUNCTIONS, walk
from asyncore_codemods.spans import Place, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project

_COMPOUND = (ast.For, ast.While, ast.Try, ast.With)
_BLOCKING = frozenset(
    [
        "accept",
        "acquire",
        "get",
        "getpass",
        "input",
        "join",
        "raw_input",
        "read",
        "readline",
        "recv",
        "sleep",
        "wait",
    ]
)


def read_method(project: Project, modules: Sequence[Module], module: Module, call: ast.Call) -> Block | None:
    """Return the whole body of the method that *call*, a loop, stands in; None if that is no coroutine to be."""
    around = Surroundings(module)
    function = next((n for n in around.ancestors(call) if isinstance(n, CALLABLES)), None)
    holder = around.parents.get(function) if function is not None else None
    if not isinstance(function, ast.FunctionDef) or not isinstance(holder, ast.ClassDef):
        return None
    if function.decorator_list or function.name.startswith("__") or _is_inherited(project, holder, function.name):
        return None
    if any(isinstance(n, (ast.Yield, ast.YieldFrom, ast.Await)) for n in walk(function)):
        return None
    statements = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not all(_is_quick(s) for s in statements[: _index_of(statements, call)]):
        return None
    calls = _calls(project, modules, function)
    if not calls:
        return None
    span = module.source.span
    whole = Span(*span(statements[0]).start, span(statements[-1]).end_line, span(statements[-1]).end_column)
    return Block(Place(str(module.path), whole), "", method=span(function), calls=calls)


def _is_inherited(project: Project, holder: ast.ClassDef, name: str) -> bool:
    """Tell whether a method is one of a channel's own, or a base class's that is not known."""
    entry = project.entries.get(id(holder))
    if entry is None:
        return True
    if entry.root and name in legacy.inherited_names(entry.root):
        return True
    return not entry.root and any(base not in ("object", "builtins.object") for base in entry.bases)


def _index_of(statements: Sequence[ast.stmt], call: ast.Call) -> int:
    return next(index for index, statement in enumerate(statements) if call in walk(statement))


def _is_quick(statement: ast.stmt) -> bool:
    """Tell whether nothing waits in a statement, which Ctrl-C could not interrupt in a coroutine."""
    if any(isinstance(node, _COMPOUND) for node in walk(statement)):
        return False
    calls = [node.func for node in walk(statement, ast.Call)]
    names = {func.id if isinstance(func, ast.Name) else getattr(func, "attr", "") for func in calls}
    return not names & _BLOCKING


def _calls(project: Project, modules: Sequence[Module], function: ast.FunctionDef) -> list[Place]:
    """Return the calls of a method, if it is the only one of its name and nothing else is done with it."""
    found = []
    for module in modules:
        around = Surroundings(module)
        for node in walk(module.source.tree):
            if isinstance(node, FUNCTIONS) and node.name == function.name and node is not function:
                return []
            if isinstance(node, ast.Constant) and node.value == function.name:
                return []
            if not isinstance(node, ast.Attribute) or node.attr != function.name:
                continue
            call = around.parents[node]
            functions = [n for n in around.ancestors(node) if isinstance(n, CALLABLES)]
            inner = functions[0] if functions else None
            if not isinstance(call, ast.Call) or call.func is not node:
                return []
            if isinstance(inner, (ast.AsyncFunctionDef, ast.Lambda)) or _is_of_channel(project, around, inner):
                return []
            found.append(Place(str(module.path), module.source.span(call)))
    return found


def _is_of_channel(project: Project, around: Surroundings, function: ast.AST | None) -> bool:
    holder = around.parents.get(function) if function is not None else None
    entry = project.entries.get(id(holder)) if isinstance(holder, ast.ClassDef) else None
    return entry is not None and bool(entry.root)
