"""Sessions to which others give something to send: where they have to be told to look.

asyncore asks writable() on every pass of its loop. Where others change what it looks at, rewritten code has the
event loop call the session as soon as what is going on has been handled: that was asyncore's next pass.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.input.predicates import EMPTY, class_constants, holds_when
from asyncore_codemods.analyse.usage.own_state import CHANGES, OWN, changes, deferred_names, is_called_or_kept
from asyncore_codemods.analyse.values.syntax import parent_map, self_attribute, statement_around
from asyncore_codemods.nodes import is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

_ENDS = frozenset({"close", "handle_close", "handle_error", "__init__"})


@dataclass
class Woken:
    """Where a session is to be told: behind statements, with what they call it, or at the start of its methods."""

    statements: list[tuple[Place, str]] = field(default_factory=list)
    methods: list[tuple[Place, str]] = field(default_factory=list)


def read_woken(hierarchy: Hierarchy, outside: list[OutsideUse], watched: set[str]) -> Woken | None:
    """Return where others than the session's own handlers change the *watched* attributes, None if unclear."""
    woken = Woken()
    foreign: set[str] = set()
    for use in outside:
        if not use.may_be(hierarchy.names):
            continue
        if use.name in watched:
            if not _read_use(hierarchy, use, woken):
                return None
        elif use.name in hierarchy.methods and use.name not in _ENDS:
            foreign.add(use.name)
    for definition in hierarchy.definitions():
        parents = parent_map(definition.function)
        if deferred_names(hierarchy, definition, watched):
            return None
        for node in walk(definition.function):
            name = self_attribute(node, definition.self_name)
            if name in hierarchy.methods and not is_called_or_kept(node, parents, definition.self_name):
                foreign.add(str(name))
    own = hierarchy.reachable(*OWN)
    for definition in hierarchy.definitions():
        name = definition.function.name
        if (name in foreign or definition not in own) and any(
            changes(other, watched) for other in hierarchy.reachable(name)
        ):
            if isinstance(definition.function, ast.AsyncFunctionDef) or name.startswith("handle_"):
                return None
            leaves = any(isinstance(node, (ast.Return, ast.Raise)) for node in walk(definition.function))
            place = definition.place(definition.function if leaves else definition.function.body[-1])
            (woken.methods if leaves else woken.statements).append((place, definition.self_name))
    return woken


def _read_use(hierarchy: Hierarchy, use: OutsideUse, woken: Woken) -> bool:
    """Note a use of a watched attribute by others; return whether it is understood."""
    module = hierarchy.project.module_at(use.place.path)
    span, parents = module.source.span, parent_map(module.source.tree)
    found = [n for n in walk(module.source.tree, ast.Attribute) if span(n) == use.place.span]
    if len(found) != 1:
        return False
    node, parent = found[0], parents[found[0]]
    changed = use.stored or (isinstance(parent, ast.Subscript) and is_stored(parent))
    changed = changed or (isinstance(parent, ast.Attribute) and parent.attr in CHANGES)
    if not changed:  # looked at
        return isinstance(parent, (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.If, ast.While))
    if use.receivers is None or not use.receivers <= hierarchy.names:
        return False
    statement = statement_around(node, parents)
    if isinstance(statement, ast.Assign):
        plain = statement.targets == [node]
    else:
        plain = isinstance(statement, (ast.AugAssign, ast.Expr))
    around = _function_around(statement, parents)
    if not plain or around in ("", *legacy.ACCEPTING) or not isinstance(node.value, (ast.Name, ast.Attribute)):
        return False
    woken.statements.append((Place(use.place.path, span(statement)), module.source.segment(node.value)))
    return True


def _function_around(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    """Return the name of the function around *node*, "" if that is not a plain one."""
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.FunctionDef):
            return node.name
        if isinstance(node, (ast.AsyncFunctionDef, ast.Lambda)):
            return ""
    return ""


def only_ends(hierarchy: Hierarchy, gate: Definition, ask: Definition, watched: set[str]) -> bool:
    """Tell whether handle_write() still has to be called wherever readable() says no, and so will close.

    Both may look at one state besides the buffers; what that can be is what the program assigns to it.
    """
    looks = {self_attribute(node, gate.self_name) or "" for node in walk(gate.function)}
    names = looks - {"", *class_constants(hierarchy)}
    if len(names) != 1 or not names <= watched:
        return False
    state = names.pop()
    for empty in EMPTY:
        answers = [
            (holds_when(hierarchy, gate, {state: value}), _asks(hierarchy, ask, watched, empty, state, value))
            for value in [True, False, *class_constants(hierarchy).values()]
        ]
        if all(reads is True or (reads is False and writes is True) for reads, writes in answers):
            return any(reads is False for reads, _ in answers)
    return False


def _asks(
    hierarchy: Hierarchy, ask: Definition, watched: set[str], empty: object, state: str, value: object
) -> bool | None:
    return holds_when(hierarchy, ask, {**dict.fromkeys(watched, empty), state: value})
