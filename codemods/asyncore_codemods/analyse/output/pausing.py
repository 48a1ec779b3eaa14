"""Dispatchers that read no more once their partner has too much to send, and again when it has less.

These are high and low water marks, and a flag between them: `readable()` asks for it, it is put up where the
partner's buffer has grown, and taken down by that one's handle_write(). The flag goes, with all that is done with
it: what is left is `readable()` with the upper mark, and whoever reads waits for its partner.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import Definition
from asyncore_codemods.analyse.values.syntax import (
    is_docstring,
    last_name,
    parent_map,
    self_attribute,
    statement_around,
)
from asyncore_codemods.nodes import DEFINITIONS, walk, with_body
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.modules import Module


@dataclass
class Pausing:
    """What is to become of a flag that has some hierarchies wait, and these hierarchies without it."""

    flag: str
    buffer: str = ""
    plain: dict[str, Hierarchy] = field(default_factory=dict)  # by their topmost class
    removed: list[Place] = field(default_factory=list)


@dataclass
class _Mark:
    """`if len(<partner>.buffer) > HIGH: <who>.flag = True`, or the other way round."""

    definition: Definition
    statement: ast.If
    buffer: ast.Attribute  # which is measured
    most: ast.expr | None  # None where it is enough that something has been sent
    who: str  # waits, or does no more


def read_pausing(hierarchies: Sequence[Hierarchy]) -> list[Pausing]:
    """Return the flags by which objects of some *hierarchies* wait for their partners, where that is understood."""
    flags: dict[str, list[Hierarchy]] = {}
    for hierarchy in hierarchies:
        gates = hierarchy.methods.get("readable", [])
        for flag in _asked_for(gates[0]) if len(gates) == 1 else ():
            flags.setdefault(flag, []).append(hierarchy)
    readers = [_FlagReader(flag, group, hierarchies) for flag, group in flags.items()]
    return [reader.pausing for reader in readers if reader.read()]


def _asked_for(gate: Definition) -> Iterator[str]:
    for operand in _operands(gate):
        asked = operand.operand if isinstance(operand, ast.UnaryOp) and isinstance(operand.op, ast.Not) else operand
        name = self_attribute(asked, gate.self_name)
        if name is not None:
            yield name


def _operands(gate: Definition) -> list[ast.expr]:
    """Return all that must be true for readable() to be."""
    last = gate.function.body[-1]
    test = last.value if isinstance(last, ast.Return) else None
    if isinstance(test, ast.BoolOp):
        return test.values if isinstance(test.op, ast.And) else []
    return [test] if test is not None else []


class _FlagReader:
    """Goes through every appearance of a flag that a *group* of the hierarchies asks for."""

    def __init__(self, flag: str, group: Sequence[Hierarchy], hierarchies: Sequence[Hierarchy]) -> None:
        self.pausing = Pausing(flag)
        self.group = group
        self.hierarchies = hierarchies
        self.definitions: dict[ast.AST, tuple[Hierarchy, Definition]] = {
            d.function: (h, d) for h in hierarchies for d in h.definitions()
        }
        self.gates = {h.methods["readable"][0].function: h for h in group}
        self.classes = {member.node for hierarchy in group for member in hierarchy.members}
        self.pauses = True  # where the flag is True
        self.stops: list[_Mark] = []
        self.goes: list[_Mark] = []

    def read(self) -> bool:
        """Return whether everything is understood."""
        negated = {
            any(
                isinstance(o, ast.UnaryOp) and self._is_flag(o.operand) for o in _operands(h.methods["readable"][0])
            )
            for h in self.group
        }
        self.pauses = True in negated
        modules = {id(d.module): d.module for _, d in self.definitions.values()}
        if len(negated) != 1 or not all(map(self._module, modules.values())):
            return False
        buffers = {mark.buffer.attr for mark in (*self.stops, *self.goes)}
        going = {id(self.definitions[mark.definition.function][0]) for mark in self.goes}
        if len(buffers) != 1 or len(going) != len(self.group):
            return False
        self.pausing.buffer = buffers.pop()
        concerned = [*self.group, *(self.definitions[m.definition.function][0] for m in (*self.stops, *self.goes))]
        plain = {hierarchy.top.qualname: self._without_marks(hierarchy) for hierarchy in concerned}
        for hierarchy in self.group:
            gate = self._gate(hierarchy)
            if gate is None:
                return False
            known = plain[hierarchy.top.qualname]
            plain[hierarchy.top.qualname] = replace(known, methods={**known.methods, "readable": [gate]})
        self.pausing.plain = plain
        return True

    def _is_flag(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == self.pausing.flag

    # -- every appearance

    def _module(self, module: Module) -> bool:
        """Tell whether a module does nothing with the flag but what is understood."""
        parents = parent_map(module.source.tree)
        for node in walk(module.source.tree):
            if last_name(node) != self.pausing.flag:
                continue
            around: ast.AST = node
            while around in parents and not isinstance(around, DEFINITIONS):
                around = parents[around]
            statement = statement_around(node, parents)
            if around in self.gates or self._is_in_test(node, statement):
                continue
            if not isinstance(statement, ast.Assign) or statement.targets != [node]:
                return False
            value = statement.value.value if isinstance(statement.value, ast.Constant) else None
            if not isinstance(value, bool):
                return False
            place = Place(str(module.path), module.source.span(statement))
            is_first = around in self.classes or getattr(around, "name", "") == "__init__"
            if value is not self.pauses and is_first:
                self.pausing.removed.append(place)
                continue
            mark = self._mark(parents[statement], statement, around)
            if mark is None or not (self._is_stop(mark) if value is self.pauses else self._is_go(mark)):
                return False
            (self.stops if value is self.pauses else self.goes).append(mark)
            self.pausing.removed.append(mark.definition.place(mark.statement))
        return True

    def _is_in_test(self, node: ast.AST, statement: ast.stmt) -> bool:
        """Tell whether the flag is asked for where it is about to be set."""
        if not isinstance(statement, ast.If) or len(statement.body) != 1:
            return False
        inner = statement.body[0]
        is_set = isinstance(inner, ast.Assign) and [ast.unparse(t) for t in inner.targets] == [ast.unparse(node)]
        return is_set and any(node is asked for asked in walk(statement.test))

    def _mark(self, outer: ast.AST, statement: ast.Assign, around: ast.AST) -> _Mark | None:
        """Return the mark at which a flag is set."""
        target = statement.targets[0]
        if not isinstance(target, ast.Attribute) or around not in self.definitions:
            return None
        if not isinstance(outer, ast.If) or outer.orelse or len(outer.body) != 1:
            return None
        who, definition = ast.unparse(target.value), self.definitions[around][1]
        test = outer.test
        operands = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
        flag = ast.unparse(target)
        known = (flag, f"not {flag}", who, f"{who} is not None", f"{who} != None")
        measured = [operand for operand in operands if ast.unparse(operand) not in known]
        if len(measured) != 1:
            return None
        found = _measured(
            measured[0], (ast.Gt, ast.GtE) if ast.unparse(statement.value) == str(self.pauses) else None
        )
        return None if found is None else _Mark(definition, outer, *found, who)

    def _is_stop(self, mark: _Mark) -> bool:
        """Tell whether somebody is to wait where something has been added to the buffer that it has to wait for."""
        name, text = mark.definition.function.name, ast.unparse(mark.buffer)
        measured = sum(ast.unparse(node) == text for node in walk(mark.statement))
        adds = sum(ast.unparse(node) == text for node in walk(mark.definition.function)) > measured
        is_top = mark.statement in mark.definition.function.body
        reads = mark.who == mark.definition.self_name and name == "handle_read"
        return adds and (reads or (is_top and ast.unparse(mark.buffer.value) == mark.definition.self_name))

    def _is_go(self, mark: _Mark) -> bool:
        """Tell whether handle_write() has somebody go on when it has sent what there was, or enough of it."""
        own, function = mark.definition.self_name, mark.definition.function
        is_writer = function.name == "handle_write" and ast.unparse(mark.buffer.value) == own
        return is_writer and mark.statement in function.body and mark.who != own

    # -- without the flag

    def _without_marks(self, hierarchy: Hierarchy) -> Hierarchy:
        gone = {mark.statement for mark in (*self.stops, *self.goes)}
        methods = {
            name: [
                Definition(d.entry, with_body(d.function, [s for s in d.function.body if s not in gone]))
                if gone.intersection(d.function.body)
                else d
                for d in some
            ]
            for name, some in hierarchy.methods.items()
        }
        return replace(hierarchy, methods=methods)

    def _gate(self, hierarchy: Hierarchy) -> Definition | None:
        """Return readable() that asks for the buffer of the partner, not for the flag."""
        (gate,) = hierarchy.methods["readable"]
        waits = {f"len({partner}) < {most}" for partner, most in self._waits(hierarchy)}
        if len(waits) != 1:
            return None
        own, last = gate.self_name, gate.function.body[-1]
        asked = (f"{own}.{self.pausing.flag}", f"not {own}.{self.pausing.flag}")
        others = [ast.unparse(operand) for operand in _operands(gate) if ast.unparse(operand) not in asked]
        text = f"return {' and '.join([*waits, *others])}"
        (returns,) = ast.parse(text).body
        for node in ast.walk(returns):
            ast.copy_location(node, last)
        first = [s for s in gate.function.body[:-1] if not is_docstring(s)]
        return Definition(gate.entry, with_body(gate.function, [*first, returns]))

    def _waits(self, hierarchy: Hierarchy) -> Iterator[tuple[str, str]]:
        """Yield the buffers that objects of a hierarchy wait for, as they call them, and how much may be there."""
        for mark in self.stops:
            assert mark.most is not None
            most, (stopping, definition) = ast.unparse(mark.most), self.definitions[mark.definition.function]
            if mark.who == definition.self_name:
                if stopping is hierarchy:
                    yield ast.unparse(mark.buffer), most
                continue
            for reading in hierarchy.methods.get("handle_read", ()):
                for node in walk(reading.function):
                    func = node.func if isinstance(node, ast.Call) else None
                    if isinstance(func, ast.Attribute) and func.attr == definition.function.name:
                        yield f"{ast.unparse(func.value)}.{mark.buffer.attr}", most


def _measured(
    test: ast.expr, operators: tuple[type[ast.cmpop], ...] | None
) -> tuple[ast.Attribute, ast.expr | None] | None:
    """Return a buffer and what its length is compared with: by *operators*, or to see whether that is little."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and operators is None:
        return (test.operand, None) if isinstance(test.operand, ast.Attribute) else None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    call, most = test.left, test.comparators[0]
    if not isinstance(test.ops[0], operators or (ast.Lt, ast.LtE, ast.Eq)) or ast.unparse(most) == "None":
        return None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "len" or len(call.args) != 1:
        return None
    return (call.args[0], most) if isinstance(call.args[0], ast.Attribute) else None
