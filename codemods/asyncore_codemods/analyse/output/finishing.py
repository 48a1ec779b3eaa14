"""Dispatchers whose partner has them close once all is sent: a flag that handle_write() asks for in the end.

`partner.closing = True` becomes `partner.close_when_done()`, and the flag goes. That is the same if who puts it up
has closed, and so adds nothing any more, and if nothing can be noticed of what else may happen until all is sent.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import Definition
from asyncore_codemods.analyse.output.sending import leaves_if_empty
from asyncore_codemods.analyse.values.syntax import (
    following,
    last_name,
    parent_map,
    self_attribute,
    statement_around,
)
from asyncore_codemods.index.modules import assigned_by
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import DEFINITIONS, walk, with_body
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.modules import Module

_ENDS = (
    "if self.{flag} and not self.{buffer}:\n    self.close()",
    "if not self.{buffer} and self.{flag}:\n    self.close()",
    "if self.{flag} and len(self.{buffer}) == 0:\n    self.close()",
    "if len(self.{buffer}) == 0 and self.{flag}:\n    self.close()",
    "if not self.{buffer}:\n    if self.{flag}:\n        self.close()",
    "if self.{flag}:\n    if not self.{buffer}:\n        self.close()",
)
_IS_EMPTY = ("not {0}.{1}", "len({0}.{1}) == 0")
_QUIET = ("recv", "close", "append", "extend", "len", "bool")


@dataclass
class Finishing:
    """What is to become of a flag that some hierarchies have, and these hierarchies without it."""

    flag: str
    buffer: str
    plain: dict[str, Hierarchy] = field(default_factory=dict)  # by their topmost class
    removed: list[Place] = field(default_factory=list)
    rewritten: list[Replacement] = field(default_factory=list)


def read_finishing(hierarchies: Sequence[Hierarchy]) -> list[Finishing]:
    """Return how objects of some *hierarchies* are told to close when all is sent, where that is understood."""
    found: dict[tuple[str, str], list[Hierarchy]] = {}
    for hierarchy in hierarchies:
        writes, asks = (hierarchy.methods.get(name, []) for name in ("handle_write", "writable"))
        named = _named_at_the_end(writes[0]) if len(writes) == len(asks) == 1 else None
        if named is not None:
            found.setdefault(named, []).append(hierarchy)
    readers = [_FlagReader(flag, buffer, group, hierarchies) for (flag, buffer), group in found.items()]
    return [reader.finishing for reader in readers if reader.read()]


def _named_at_the_end(write: Definition) -> tuple[str, str] | None:
    """Return the flag and the buffer for which handle_write() asks at its end, to close."""
    last = write.function.body[-1]
    names = sorted({name for node in walk(last) for name in [self_attribute(node, "self")] if name} - {"close"})
    if len(write.function.body) < 2 or len(names) != 2:
        return None
    for flag, buffer in (names, names[::-1]):
        shapes = [ast.parse(shape.format(flag=flag, buffer=buffer)).body[0] for shape in _ENDS]
        if ast.dump(last) in map(ast.dump, shapes):
            return flag, buffer
    return None


def _with_body(definition: Definition, body: list[ast.stmt]) -> Definition:
    """Return a method of the same place with another body."""
    return Definition(definition.entry, with_body(definition.function, body))


def _without(definition: Definition, asked: str, kind: type[ast.boolop]) -> Definition:
    """Return a predicate without one operand of what it returns."""
    *first, last = definition.function.body
    test = last.value if isinstance(last, ast.Return) else None
    if not isinstance(test, ast.BoolOp) or not isinstance(test.op, kind):
        return definition
    others = [operand for operand in test.values if ast.unparse(operand) not in (asked, f"bool({asked})")]
    if len(others) == len(test.values):
        return definition
    left = others[0] if len(others) == 1 else ast.copy_location(ast.BoolOp(test.op, others), test)
    return _with_body(definition, [*first, ast.copy_location(ast.Return(left), last)])


def _is_quiet(definition: Definition, alone: Sequence[ast.stmt] = ()) -> bool:
    """Tell whether a method does nothing that could be noticed but to the buffers, *alone* left out."""
    left_out = {node for statement in alone for node in walk(statement)}
    calls = [node.func for node in walk(definition.function, ast.Call) if node not in left_out]
    return all(
        (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")) in _QUIET for func in calls
    )


class _FlagReader:
    """Goes through every appearance of a flag, which a *group* of the hierarchies has."""

    def __init__(
        self, flag: str, buffer: str, group: Sequence[Hierarchy], hierarchies: Sequence[Hierarchy]
    ) -> None:
        self.finishing = Finishing(flag, buffer)
        self.group = group
        self.definitions = {d.function: d for hierarchy in hierarchies for d in hierarchy.definitions()}
        self.classes = {member.node for hierarchy in group for member in hierarchy.members}
        self.looks: set[ast.AST] = set()
        self.asks = True  # writable() does, so that one with an empty buffer closes at the next pass
        self.partners: dict[ast.AST, str] = {}  # who is told to close, by the handle_close() that does

    def read(self) -> bool:
        """Return whether everything is understood."""
        for hierarchy in self.group:
            if any(map(hierarchy.overrides, ("close", "close_when_done"))):
                return False
            self.finishing.plain[hierarchy.top.qualname] = self._plain(hierarchy)
        modules = {id(d.module): d.module for d in self.definitions.values()}
        if not all(map(self._module, modules.values())):
            return False
        return all(
            _is_quiet(definition, self._only_with_partner(definition) if name == "handle_close" else ())
            for hierarchy in self.group
            for name in ("handle_read", "handle_close")
            for definition in hierarchy.methods.get(name, ())
        )

    def _plain(self, hierarchy: Hierarchy) -> Hierarchy:
        """Return a hierarchy whose methods do not ask for the flag."""
        flag, methods = f"self.{self.finishing.flag}", hierarchy.methods
        (write,), (ask,), gates = (methods.get(name, []) for name in ("handle_write", "writable", "readable"))
        self.looks |= {definition.function for definition in (write, ask, *gates)}
        plain = {
            "handle_write": [_with_body(write, write.function.body[:-1])],
            "writable": [_without(ask, flag, ast.Or)],
            "readable": [_without(gate, f"not {flag}", ast.And) for gate in gates],
        }
        self.asks = self.asks and plain["writable"] != [ask]
        return replace(hierarchy, methods={**methods, **{name: some for name, some in plain.items() if some}})

    def _module(self, module: Module) -> bool:
        """Tell whether a module does nothing with the flag but to set it where that is understood."""
        parents = parent_map(module.source.tree)
        for node in walk(module.source.tree):
            if last_name(node) != self.finishing.flag:
                continue
            around: ast.AST = node
            while around in parents and not isinstance(around, DEFINITIONS):
                around = parents[around]
            if around in self.looks:
                continue
            statement = statement_around(node, parents)
            if not isinstance(statement, ast.Assign) or statement.targets != [node]:
                return False
            value = statement.value.value if isinstance(statement.value, ast.Constant) else None
            if value is False and (around in self.classes or getattr(around, "name", "") == "__init__"):
                self.finishing.removed.append(Place(str(module.path), module.source.span(statement)))
            elif value is not True or not self._tells(statement, around, parents):
                return False
        return True

    def _tells(self, statement: ast.Assign, around: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
        """`partner.flag = True` where one of the two closes, and the other at once if that has nothing to send."""
        definition = next((d for function, d in self.definitions.items() if function is around), None)
        target = statement.targets[0]
        if definition is None or definition.function.name != "handle_close":
            return False
        if not isinstance(target, ast.Attribute):
            return False
        own, partner = definition.self_name, ast.unparse(target.value)
        if partner == own or f"{own}.close()" not in map(ast.unparse, definition.function.body):
            return False
        behind = following(parents[statement], statement)
        closes = [f"if {ask.format(partner, self.finishing.buffer)}:\n    {partner}.close()" for ask in _IS_EMPTY]
        gone = [other for other in behind if ast.unparse(other) in closes]
        looked_at = {node for other in gone for node in walk(other)}
        mentions = {node for node in walk(definition.function) if last_name(node) == self.finishing.buffer}
        if mentions - looked_at or not (self.asks or len(gone) == 1):
            return False
        self.partners[around] = partner
        told = Replacement(definition.place(statement), f"{partner}.close_when_done()")
        self.finishing.rewritten.append(told)
        self.finishing.removed += map(definition.place, gone)
        return True

    def _only_with_partner(self, definition: Definition) -> list[ast.stmt]:
        """Return the statements of handle_close() that do not run for who has lost its partner when that closed."""
        own, partner = definition.self_name, self.partners.get(definition.function, "")
        lost = {
            target.attr
            for node in walk(definition.function)
            for target, value in (assigned_by(node) if isinstance(node, ast.Assign) else ())
            if isinstance(target, ast.Attribute)
            and ast.unparse(target.value) == partner
            and ast.unparse(value) == "None"
        }
        names = {f"{own}.{link}" for link in lost} | ({partner} if lost else set())
        found: list[ast.stmt] = []
        for index, statement in enumerate(definition.function.body):
            test = ast.unparse(statement.test) if isinstance(statement, ast.If) and not statement.orelse else ""
            if any(test in (name, f"{name} is not None") for name in names):
                found.append(statement)
            elif any(test in (f"not {name}", f"{name} is None") for name in names) and leaves_if_empty(statement):
                found += definition.function.body[index + 1 :]
        return found
