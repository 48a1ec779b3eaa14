"""handle_read() methods that call recv() in each of several branches, or in a loop until there is nothing more.

Which branch it is, and how much is received there, must be known before anything has come: run() asks that. A loop
takes what there is; run() reads as much, and what stood in the loop is done once with all of it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.input.predicates import attributes_of
from asyncore_codemods.analyse.usage.own_state import changed_by_others
from asyncore_codemods.analyse.values.syntax import (
    catches_socket_errors,
    parent_map,
    self_attribute,
    significant,
    statement_around,
)
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse


@dataclass
class Branches:
    """An `if` whose branches all begin with a statement that receives."""

    tests: list[ast.expr]
    statements: list[ast.stmt]


@dataclass
class Draining:
    """A loop that receives until there is nothing more."""

    loop: ast.While
    outermost: ast.stmt  # that, or the `try` around it
    removed: list[ast.stmt] = field(default_factory=list)
    unwrapped: list[ast.stmt] = field(default_factory=list)
    name: str = ""  # the variable for what has come
    kept: list[ast.stmt] = field(default_factory=list)  # what is done with it in the loop

    @property
    def asks(self) -> bool:
        """Tell whether it is the loop's condition that receives, and that finds the end."""
        return isinstance(self.loop.test, ast.NamedExpr)


def read_branches(definition: Definition, calls: list[ast.Call]) -> Branches | None:
    """Return the branches that the *calls* of recv() stand in, one each; None if that is not so.

    All may stand in a `try`: recv() does not raise what a connection can end with.
    """
    body = [s for s in significant(definition.function.body) if not isinstance(s, (ast.Global, ast.Nonlocal))]
    node = body[0] if body else None
    while isinstance(node, ast.Try):
        node = significant(node.body)[0]
    tests: list[ast.expr] = []
    blocks: list[list[ast.stmt]] = []
    while isinstance(node, ast.If):
        tests.append(node.test)
        blocks.append(significant(node.body))
        following = significant(node.orelse)
        node = following[0] if len(following) == 1 and isinstance(following[0], ast.If) else None
        if node is None:
            blocks.append(following)
    statements = [block[0] for block in blocks if block]
    if len(statements) != len(calls) or len(statements) != len(blocks):
        return None
    inside = [[call for call in calls if any(n is call for n in walk(s))] for s in statements]
    return Branches(tests, statements) if all(len(found) == 1 for found in inside) else None


def is_known_before(
    hierarchy: Hierarchy, definition: Definition, asked: list[ast.expr], outside: list[OutsideUse]
) -> bool:
    """Tell whether what is *asked* comes to the same before there is anything to receive, and when there is."""
    names: set[str] = set()
    for node in asked:
        found = attributes_of(hierarchy, definition, node)
        if found is None:
            return False
        names |= found
    if names and any(True for _ in hierarchy.uses(*names)):
        return False  # what asyncore keeps
    return not changed_by_others(hierarchy, outside, names)


def read_draining(definition: Definition, call: ast.Call) -> Draining | None:
    """Return the loop around a recv() that takes all there is, None if there is none or it does more than that."""
    parents = parent_map(definition.function)
    statement = statement_around(call, parents)
    if isinstance(statement, ast.While):
        return _read_asking(definition, call, statement)
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return None
    guard = parents[statement]
    loop = parents[guard] if isinstance(guard, ast.Try) else guard
    if not isinstance(loop, ast.While) or not _is_endless(loop):
        return None
    around = parents[loop]
    body = significant(loop.body)
    if isinstance(guard, ast.Try):
        if body[0] is not guard or guard.body != [statement] or guard.finalbody or not _leaves(guard, ast.Break):
            return None
        found = Draining(loop, loop, [], [loop])
        (found.unwrapped if guard.orelse else found.removed).append(guard)
        found.removed += [statement] if guard.orelse else []
        rest = [*guard.orelse, *body[1:]]
    elif isinstance(around, ast.Try) and around.body == [loop] and not (around.orelse or around.finalbody):
        if body[0] is not statement or not _leaves(around, ast.Pass):
            return None
        found = Draining(loop, around, [statement], [loop, around])
        rest = body[1:]
    else:
        return None
    found.name = statement.targets[0].id
    return _with_kept(definition, call, found, rest)


def _read_asking(definition: Definition, call: ast.Call, loop: ast.While) -> Draining | None:
    """Return `while data := self.recv(size):` in the `try` that it is left by when there is nothing more."""
    around = parent_map(definition.function)[loop]
    if not isinstance(loop.test, ast.NamedExpr) or loop.test.value is not call or loop.orelse:
        return None
    if not isinstance(around, ast.Try) or around.body != [loop] or around.orelse or around.finalbody:
        return None
    found = Draining(loop, around, [], [loop, around], loop.test.target.id)
    return _with_kept(definition, call, found, significant(loop.body)) if _leaves(around, ast.Pass) else None


def _with_kept(definition: Definition, call: ast.Call, found: Draining, rest: list[ast.stmt]) -> Draining | None:
    """Note what the *rest* of a loop does with what has come; return None if it asks how much comes at once."""
    name = found.name
    ways_out = [s for s in rest if _leaves_at_end(s, name, ast.unparse(call.args[0]) if call.args else "")]
    jumps = (ast.Break, ast.Continue, ast.Return)
    if not (ways_out or found.asks) or any(
        isinstance(n, jumps) for s in rest if s not in ways_out for n in walk(s)
    ):
        return None
    found.removed += ways_out
    found.kept = [s for s in rest if s not in ways_out]
    return found if found.kept and all(_takes_it_joined(definition, s, name) for s in found.kept) else None


def _takes_it_joined(definition: Definition, statement: ast.stmt, name: str) -> bool:
    """Tell whether it is all the same to a statement in the loop how much comes at once: it adds that, or sends it.

    run() reads what the loop has read in several rounds.
    """
    if isinstance(statement, ast.AugAssign):
        return isinstance(statement.op, ast.Add) and ast.unparse(statement.value) == name
    call = statement.value if isinstance(statement, ast.Expr) else None
    func = call.func if isinstance(call, ast.Call) and [*map(ast.unparse, call.args)] == [name] else None
    if not isinstance(func, ast.Attribute):
        return False
    if self_attribute(func, definition.self_name) is not None:
        return func.attr == "send"
    return func.attr in ("extend", "write") or _puts_in_a_list(definition, statement, name)


def adds_nothing(definition: Definition, draining: Draining) -> bool:
    """Tell whether what stands in the loop adds what has come to something, so that it may be done with nothing."""
    return all(
        isinstance(s, ast.AugAssign) and isinstance(s.op, ast.Add) and ast.unparse(s.value) == draining.name
        for s in draining.kept
        if not _puts_in_a_list(definition, s, draining.name)
    )


def _puts_in_a_list(definition: Definition, statement: ast.stmt, name: str) -> bool:
    """Tell whether a statement appends what has come to a list of which nothing is asked but to be joined."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    func = call.func if isinstance(call, ast.Call) and [*map(ast.unparse, call.args)] == [name] else None
    attribute = self_attribute(func.value, definition.self_name) if isinstance(func, ast.Attribute) else None
    if not isinstance(func, ast.Attribute) or func.attr not in ("append", "extend", "write") or attribute is None:
        return False
    if func.attr == "extend":
        return True  # by nothing
    return all(
        _is_joined(node, parent_map(entry.node))
        for entry in definition.entry.lineage()
        for node in walk(entry.node, ast.Attribute)
        if node.attr == attribute
    )


def _is_joined(node: ast.Attribute, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether a list is filled, emptied or joined here."""
    parent = parents[node]
    if isinstance(parent, ast.Assign):
        return node in parent.targets
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("append", "clear", "extend", "write", "getvalue")
    return isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr == "join"


def _is_endless(loop: ast.While) -> bool:
    return isinstance(loop.test, ast.Constant) and bool(loop.test.value) and not loop.orelse


def _leaves(guard: ast.Try, how: type[ast.stmt]) -> bool:
    """Tell whether all that a `try` catches is that there is nothing more, of which it makes no more."""
    bodies = [significant(handler.body) for handler in guard.handlers]
    if how is ast.Pass:
        return catches_socket_errors(guard) and not any(bodies)
    return catches_socket_errors(guard) and all(len(body) == 1 and isinstance(body[0], how) for body in bodies)


def _leaves_at_end(statement: ast.stmt, name: str, size: str) -> bool:
    """Tell whether a statement leaves the loop at the end, or when less has come than was asked for."""
    if not isinstance(statement, ast.If) or statement.orelse or len(significant(statement.body)) != 1:
        return False
    if not isinstance(significant(statement.body)[0], (ast.Break, ast.Return)):
        return False
    ends = (f"not {name}", f"len({name}) == 0", f"{name} == b''", f"not len({name})")
    short = (f"len({name}) < {size}", f"len({name}) != {size}")
    return ast.unparse(statement.test) in (*ends, *short)
