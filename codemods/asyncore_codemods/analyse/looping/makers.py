"""Functions that make a listener or a client for their caller: `def start(port): return Server(port)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project


@dataclass
class Product:
    """What a function makes, and how it comes to return it."""

    qualname: str
    made: Place  # the call of the class
    wrapped: list[tuple[Place, str]] = field(default_factory=list)  # statements, and what to write in front of them
    appended: list[tuple[Place, str]] = field(default_factory=list)  # statements, and what to write behind them


def product_of(project: Project, module: Module, call: ast.Call, wanted: dict[str, str]) -> Product | None:
    """Return what the function makes that *call*, in *module*, calls, if it is one object of a *wanted* class.

    It has to make it in every case, and to be called here only.
    """
    if not isinstance(call.func, ast.Name):
        return None
    owner_name, _, name = project.resolve(module, call.func.id).rpartition(".")
    owner = module if owner_name in ("", module.name) else project.find_module(owner_name, module)
    function = owner.functions.get(name) if owner is not None else None
    if owner is None or not isinstance(function, ast.FunctionDef) or function.decorator_list or not owner.editable:
        return None
    made = [
        (node, entry.qualname)
        for node in walk(function, ast.Call)
        for entry in [project.class_named(owner, node.func)]
        if entry is not None and entry.qualname in wanted
    ]
    if len(made) != 1 or _mentions(project, function) != 1:
        return None
    return _returned(owner, function, *made[0])


def _mentions(project: Project, function: ast.FunctionDef) -> int:
    return sum(
        (isinstance(node, ast.Name) and node.id == function.name)
        or (isinstance(node, ast.Attribute) and node.attr == function.name)
        for module in project.modules.values()
        if function.name in module.source.text
        for node in walk(module.source.tree)
    )


def _returned(owner: Module, function: ast.FunctionDef, call: ast.Call, qualname: str) -> Product | None:
    statement = next((s for s in function.body if any(node is call for node in walk(s))), None)
    parent = parent_map(function)[call]
    returns = list(walk(function, (ast.Return, ast.Yield, ast.YieldFrom)))
    if statement is None or parent is not statement:
        return None  # under a condition, or in an expression

    def place(node: ast.AST) -> Place:
        return Place(str(owner.path), owner.source.span(node))

    product = Product(qualname, place(call))
    last = function.body[-1]
    if isinstance(statement, ast.Return):
        return product if len(returns) == 1 else None
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        name = statement.targets[0].id
        if _bindings(function, name) != 1:
            return None
        if not returns:
            product.appended.append((place(last), f"return {name}"))
            return product
        ends = isinstance(last, ast.Return) and isinstance(last.value, ast.Name) and last.value.id == name
        return product if ends and len(returns) == 1 else None
    if not isinstance(statement, ast.Expr) or returns:
        return None
    if statement is last:
        product.wrapped.append((place(statement), "return "))
        return product
    name = next(n for n in ("made", "server", "client") if not _bindings(function, n))
    product.wrapped.append((place(statement), f"{name} = "))
    product.appended.append((place(last), f"return {name}"))
    return product


def _bindings(function: ast.FunctionDef, name: str) -> int:
    names = sum(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for n in walk(function))
    return names + sum(arg.arg == name for arg in walk(function, ast.arg))
