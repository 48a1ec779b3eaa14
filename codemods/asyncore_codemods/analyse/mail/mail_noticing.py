"""A mail server that takes notice of each connection: it prints, logs or counts it, and makes the usual session.

What it says goes on being said, by the same method, which gets the address alone: the session calls it when there
is a connection.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.input.predicates import is_log
from asyncore_codemods.analyse.mail.mail_accepting import is_plain
from asyncore_codemods.analyse.values.syntax import last_name, self_attribute, significant
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.spans import Place

_ADDS = ("add", "append")
_HARMLESS = frozenset({"len", "repr", "str", "format", "time", "now", "ctime", "strftime", "isoformat", "join"})


@dataclass
class Noticing:
    """An accepting method that also says something."""

    method: Place
    address: str  # what it calls the address
    made: ast.Call  # what makes the session
    channel: str = ""  # of the author's own class
    inherits: bool = False  # or by the inherited method
    removed: list[Place] = field(default_factory=list)
    unwrapped: list[Place] = field(default_factory=list)


def read_noticing(hierarchy: Hierarchy, definition: Definition) -> Noticing | None:
    """Return what an accepting method does beside making a session, None if that is more than to take notice."""
    return _Reader(hierarchy, definition).read()


class _Reader:
    def __init__(self, hierarchy: Hierarchy, definition: Definition) -> None:
        self.hierarchy = hierarchy
        self.definition = definition
        self.own = definition.self_name
        self.gone: list[ast.stmt] = []
        self.block: ast.If | None = None

    def read(self) -> Noticing | None:
        function = self.definition.function
        if not isinstance(function, ast.FunctionDef) or function.decorator_list or function.args.kwonlyargs:
            return None
        accepted = self._accepted(function)
        if accepted is None:
            return None
        (sock, address), body = accepted
        made = [(statement, call) for statement in body if (call := self._made(statement, sock, address))]
        if len(made) != 1:
            return None
        statement, call = made[0]
        rest = [one for one in body if one is not statement]
        kept = {target.id for target in getattr(statement, "targets", ())}
        named = {node.id for one in rest for node in walk(one, ast.Name)}
        if not rest or named & {sock, *kept} or not all(map(self._is_notice, rest)):
            return None
        entry = self.hierarchy.project.class_named(self.definition.module, call.func)
        place = self.definition.place
        return Noticing(
            place(function),
            address,
            call,
            self.definition.module.source.segment(call.func) if entry is not None else "",
            inherits=entry is None and not is_plain(self.hierarchy, self.definition, call),
            removed=[place(one) for one in (*self.gone, statement)],
            unwrapped=[place(self.block)] if self.block is not None else [],
        )

    def _accepted(self, function: ast.FunctionDef) -> tuple[tuple[str, str], list[ast.stmt]] | None:
        """Return what the socket and the address are called, and the statements that have them."""
        body = significant(function.body)
        if function.name == "handle_accepted":
            given = [argument.arg for argument in function.args.args[1:]]
            return ((given[0], given[1]), body) if len(given) == 2 else None
        first = body[0] if body else None
        if not isinstance(first, ast.Assign) or ast.unparse(first.value) != f"{self.own}.accept()":
            return None
        self.gone.append(first)
        names = _pair(first)
        if names is not None:
            return names, body[1:]
        pair = first.targets[0].id if isinstance(first.targets[0], ast.Name) else ""
        test = body[1] if len(body) > 1 else None
        if not pair or not isinstance(test, ast.If) or test.orelse:
            return None
        asked, inner = ast.unparse(test.test), significant(test.body)
        if asked in (pair, f"{pair} is not None") and len(body) == 2:
            self.block, body = test, inner
        elif asked in (f"not {pair}", f"{pair} is None") and ast.unparse(test.body[0]) in ("return", "return None"):
            self.gone.append(test)
            body = body[2:]
        else:
            return None
        unpacked = body[0] if body else None
        names = _pair(unpacked)
        if names is None or not isinstance(unpacked, ast.Assign) or ast.unparse(unpacked.value) != pair:
            return None
        self.gone.append(unpacked)
        return (names, body[1:]) if pair not in _names(body[1:]) else None

    def _made(self, statement: ast.stmt, sock: str, address: str) -> ast.Call | None:
        """Return the call that makes the session, if *statement* is nothing but that."""
        call = getattr(statement, "value", None)
        if not isinstance(statement, (ast.Expr, ast.Assign)) or not isinstance(call, ast.Call) or call.keywords:
            return None
        if not all(isinstance(target, ast.Name) for target in getattr(statement, "targets", ())):
            return None
        given = [ast.unparse(argument) for argument in call.args]
        entry = self.hierarchy.project.class_named(self.definition.module, call.func)
        if entry is not None or is_plain(self.hierarchy, self.definition, call):
            return call if given == [self.own, sock, address] else None
        func = call.func
        if ast.unparse(func) == f"{self.own}.channel_class":
            return call if given == [self.own, sock, address] else None
        if not isinstance(func, ast.Attribute) or func.attr != "handle_accepted":
            return None
        if isinstance(func.value, ast.Call) and ast.unparse(func.value.func) == "super":
            return call if given == [sock, address] else None
        base = self.hierarchy.project.resolve_node(self.definition.module, func.value)
        is_removed = base is not None and legacy.canonical(base) in legacy.CLASSES
        return call if is_removed and given == [self.own, sock, address] else None

    def _is_notice(self, statement: ast.stmt) -> bool:
        """Tell whether a statement prints, logs, counts or notes something, and cannot do anything else."""
        calls = list(walk(statement, ast.Call))
        if isinstance(statement, ast.AugAssign):
            return self_attribute(statement.target, self.own) is not None and not calls
        if not isinstance(statement, ast.Expr) or not calls or statement.value is not calls[0]:
            return False
        func = calls[0].func
        is_print = isinstance(func, ast.Name) and func.id == "print"
        is_kept = isinstance(func, ast.Attribute) and func.attr in _ADDS
        is_kept = is_kept and self_attribute(func.value, self.own) is not None  # type: ignore[attr-defined]  # see above
        inner = [last_name(call.func) for call in calls[1:]]
        return (is_print or is_kept or is_log(statement)) and set(inner) <= _HARMLESS


def _pair(statement: ast.stmt | None) -> tuple[str, str] | None:
    """Return the two names that a statement unpacks something into."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if not isinstance(target, ast.Tuple) or len(target.elts) != 2:
        return None
    names = [element.id for element in target.elts if isinstance(element, ast.Name)]
    return (names[0], names[1]) if len(names) == 2 else None


def _names(body: list[ast.stmt]) -> set[str]:
    return {node.id for statement in body for node in walk(statement, ast.Name)}
