"""A single pass of the loop in a function of its own, which a `while` somewhere else calls: `server.pump()`.

Where the pass is the first thing that such a function does, or the last, it may as well stand in front of the call,
or behind it. That is where the rewritten program sleeps; in front of the whole statement where the call comes to
something: `for event in connection.pump():`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.receivers import Receivers
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import defaults_of, last_name, significant, values_given
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project

_PLAIN = (ast.Constant, ast.Name, ast.Attribute, ast.expr_context)


@dataclass(frozen=True)
class Carried:
    """The call that a pass can stand beside, and how long that waits there."""

    module: Module  # of the call
    call: ast.Call
    statement: ast.stmt  # the pass
    is_first: bool
    function: ast.FunctionDef | None  # which does nothing else, and goes
    timeout: ast.expr | None


def find_carried(
    project: Project, modules: Sequence[Module], module: Module, passed: ast.Call, timeout: ast.expr | None
) -> Carried | None:
    """Return where the pass *passed* can stand instead, None if it has to stay; *timeout* is how long it waits."""
    around = Surroundings(module)
    statement = around.statement(passed)
    function = around.parents.get(statement)
    if not isinstance(statement, ast.Expr) or statement.value is not passed:
        return None
    if not isinstance(function, ast.FunctionDef) or function.decorator_list or function.name.startswith("handle_"):
        return None
    body = significant(function.body)
    inner = {type(node) for node in walk(function)}
    if statement not in (body[0], body[-1]) or inner & {ast.Yield, ast.YieldFrom}:
        return None
    if statement is not body[0] and ast.Return in inner:
        return None
    holder = around.parents.get(function)
    if not isinstance(holder, (ast.Module, ast.ClassDef)):
        return None
    own = {id(node) for node in walk(function)}
    found = [
        (other, node)
        for other in modules
        for node in walk(other.source.tree, (ast.Name, ast.Attribute))
        if last_name(node) == function.name and id(node) not in own
    ]
    if len(found) != 1 or not _is_meant(project, modules, function, holder, *found[0]):
        return None
    home, name = found[0]
    outer = Surroundings(home)
    call = outer.parents[name]
    if not isinstance(call, ast.Call) or call.func is not name:
        return None
    comes_first = evaluates_first(outer.parents[call], call) and statement is body[0]
    if not isinstance(outer.parents[call], ast.Expr) and not comes_first:
        return None
    given = values_given(call)
    if not all(isinstance(node, _PLAIN) for value in given for node in walk(value)):
        return None
    skip = 1 if isinstance(holder, ast.ClassDef) else 0
    waits = _value_in_call(function, call, timeout, skip)
    if timeout is not None and waits is None:
        return None
    is_all = len(body) == 1 and len(holder.body) > 1
    return Carried(home, call, statement, statement is body[0], function if is_all else None, waits)


def evaluates_first(statement: ast.AST | None, call: ast.Call) -> bool:
    """Tell whether *statement* does nothing before *call*, and that once."""
    if isinstance(statement, ast.Assign):
        return statement.value is call
    return isinstance(statement, ast.For) and statement.iter is call


def _is_meant(
    project: Project,
    modules: Sequence[Module],
    function: ast.FunctionDef,
    holder: ast.Module | ast.ClassDef,
    home: Module,
    node: ast.Name | ast.Attribute,
) -> bool:
    """Tell whether *node* means *function*, in *holder*, and no other one of that name."""
    same = [n for other in modules for n in walk(other.source.tree) if getattr(n, "name", "") == function.name]
    if len(same) == 1:
        return True
    entry = project.entries.get(id(holder))
    if entry is None or not isinstance(node, ast.Attribute):
        return False
    classes = Receivers(project, home, node).of(node)
    related = [one for one in (*entry.lineage(), *entry.descendants()) if one is not entry]
    is_only = not any(inner in same for one in related for inner in one.node.body)
    return is_only and bool(classes) and (classes or frozenset()) <= {one.qualname for one in (entry, *related)}


def _value_in_call(
    function: ast.FunctionDef, call: ast.Call, timeout: ast.expr | None, skip: int
) -> ast.expr | None:
    """Return what *timeout* is where the function is called: a number, or what is given for a parameter."""
    if not isinstance(timeout, ast.Name):
        return timeout if isinstance(timeout, ast.Constant) else None
    stored = any(
        isinstance(n, ast.Name) and n.id == timeout.id and isinstance(n.ctx, ast.Store) for n in walk(function)
    )
    names = [arg.arg for arg in function.args.args]
    if stored or timeout.id not in names or any(isinstance(arg, ast.Starred) for arg in call.args):
        return None
    index = names.index(timeout.id)
    if index - skip < len(call.args):
        return call.args[index - skip]
    for keyword in call.keywords:
        if keyword.arg == timeout.id:
            return keyword.value
    default = defaults_of(function.args).get(timeout.id)
    return default if isinstance(default, ast.Constant) else None
