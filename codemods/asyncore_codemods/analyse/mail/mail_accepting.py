"""A mail server that accepts connections itself, only to make sessions of a class of its own.

Until `channel_class` came, this was how: `pair = self.accept()`, and then `Channel(self, *pair)` in some spelling.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.syntax import significant
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.spans import Place


@dataclass(frozen=True)
class Accepting:
    """An accepting method that does nothing but make a session."""

    place: Place  # the method
    call: Place  # Channel(self, conn, addr)
    channel: str  # the expression for the class, "" for smtpd's own
    inherits: bool = False  # or self.channel_class, whatever that is


def read_accepting(hierarchy: Hierarchy, definition: Definition) -> Accepting | None:
    """Return what an accepting method amounts to, None if it does more than make a session."""
    function = definition.function
    if not isinstance(function, ast.FunctionDef) or function.decorator_list:
        return None
    calls = list(walk(function, ast.Call))
    made = [call for call in calls if ast.unparse(call.func) != f"{definition.self_name}.accept"]
    if len(made) != 1 or len(calls) - len(made) != (function.name == "handle_accept"):
        return None
    entry = hierarchy.project.class_named(definition.module, made[0].func)
    inherits = ast.unparse(made[0].func) == f"{definition.self_name}.channel_class"
    is_known = inherits or entry is not None or is_plain(hierarchy, definition, made[0])
    if not is_known or not _passes_connection(function, made[0], definition.self_name):
        return None
    if not all(_is_known(statement, made[0]) for statement in _flat(function.body)):
        return None
    text = definition.module.source.segment(made[0].func) if entry is not None else ""
    return Accepting(definition.place(function), definition.place(made[0]), text, inherits)


def is_plain(hierarchy: Hierarchy, definition: Definition, call: ast.Call) -> bool:
    """Tell whether a call makes a session of smtpd's own class."""
    named = hierarchy.project.resolve_node(definition.module, call.func)
    return named is not None and legacy.canonical(named) == legacy.SMTP_CHANNEL


def _passes_connection(function: ast.FunctionDef, call: ast.Call, own: str) -> bool:
    """Tell whether a call is given the server, the socket and the address, and nothing else."""
    texts = [ast.unparse(argument) for argument in call.args]
    if call.keywords or not texts or texts[0] != own:
        return False
    if function.name == "handle_accepted":
        return texts == [argument.arg for argument in function.args.args]
    unpacked = [
        [ast.unparse(name) for name in node.targets[0].elts]
        for node in walk(function, ast.Assign)
        if isinstance(node.targets[0], ast.Tuple)
    ]
    pairs = [
        [f"*{node.targets[0].id}"] for node in walk(function, ast.Assign) if isinstance(node.targets[0], ast.Name)
    ]
    return texts[1:] in [*unpacked, *pairs]


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a method, those under a plain `if` in its place."""
    found = []
    for statement in significant(body):
        if isinstance(statement, ast.If) and not statement.orelse:
            found += _flat(statement.body)
        else:
            found.append(statement)
    return found


def _is_known(statement: ast.stmt, made: ast.Call) -> bool:
    """Tell whether a statement accepts, unpacks, makes the session, or ends the method."""
    if isinstance(statement, ast.Return):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Expr):
        return statement.value is made
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    if isinstance(statement.targets[0], (ast.Attribute, ast.Subscript)):
        return False
    is_accept = isinstance(statement.value, ast.Call)
    return is_accept or isinstance(statement.value, ast.Name)
