"""Attributes that are chosen at run time: what is known of the names that `getattr(self, "do_" + verb)` asks for.

The name may be worked out in the call, or before it, in a variable of the method that is given nothing else.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import FunctionNode


def chosen_prefix(call: ast.Call, function: FunctionNode | None) -> str:
    """Return how the names begin that *call*, in *function*, may choose, "" if that is not known."""
    return prefix_of(_wanted(call, function))


def chosen_suffix(call: ast.Call, function: FunctionNode | None) -> str:
    """Return how the names end that *call*, in *function*, may choose, "" if that is not known."""
    return suffix_of(_wanted(call, function))


def prefix_of(wanted: ast.expr | None) -> str:
    """Return how a name begins, "" if that is not known."""
    while isinstance(wanted, ast.BinOp) and isinstance(wanted.op, ast.Add):
        wanted = wanted.left
    if isinstance(wanted, ast.BinOp) and isinstance(wanted.op, ast.Mod):
        return _text(wanted.left).partition("%")[0]
    if isinstance(wanted, ast.JoinedStr) and wanted.values:
        return _text(wanted.values[0])
    template = _template(wanted)
    return template.partition("{")[0] if template else _text(wanted).partition("%")[0]


def suffix_of(wanted: ast.expr | None) -> str:
    """Return how a name ends, "" if that is not known."""
    if isinstance(wanted, ast.BinOp) and isinstance(wanted.op, ast.Mod):
        template = _text(wanted.left)
        return template.rpartition("%s")[2] if "%s" in template else ""
    if isinstance(wanted, ast.BinOp) and isinstance(wanted.op, ast.Add):
        return _text(wanted.right)
    if isinstance(wanted, ast.JoinedStr) and wanted.values:
        return _text(wanted.values[-1])
    return _template(wanted).rpartition("}")[2]


def _wanted(call: ast.Call, function: FunctionNode | None) -> ast.expr | None:
    """Return what the name is worked out from."""
    wanted = call.args[1] if len(call.args) > 1 else None
    if not isinstance(wanted, ast.Name) or function is None:
        return wanted
    values: list[ast.expr | None] = []
    bound = 0
    for node in walk(function):
        if isinstance(node, ast.Assign):
            values += [node.value] if [_is(target, wanted.id) for target in node.targets] == [True] else []
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and _is(node.target, wanted.id):
            values.append(node.value)
        bound += _binds(node, wanted.id)
    return values[0] if len(values) == bound == 1 else wanted


def _binds(node: ast.AST, name: str) -> bool:
    """Tell whether *node* gives *name* a meaning, in whatever way."""
    if isinstance(node, ast.Name):
        return node.id == name and is_stored(node)
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return name in node.names
    if isinstance(node, ast.arg):
        return node.arg == name
    return name in (getattr(node, "name", None), getattr(node, "asname", None))  # except, import, def and the like


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _template(wanted: ast.expr | None) -> str:
    """Return the text that a name is the format() of, "" if it is none."""
    if isinstance(wanted, ast.Call) and isinstance(wanted.func, ast.Attribute) and wanted.func.attr == "format":
        return _text(wanted.func.value)
    return ""


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
