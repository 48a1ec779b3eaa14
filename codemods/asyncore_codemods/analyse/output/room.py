"""Dispatchers that ask their partner whether there is room: `return self.partner.has_room()`.

The method is nothing but `return len(self.buffer) < LIMIT`, or `>=` where they ask whether it is full, and nobody
else calls it: what it says is said in readable() instead, and it goes.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from asyncore_codemods.analyse.families.hierarchies import Definition
from asyncore_codemods.analyse.output.pausing import Pausing
from asyncore_codemods.analyse.values.syntax import last_name, self_attribute, significant
from asyncore_codemods.nodes import walk, with_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy

_OPERATORS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: "<=", ast.GtE: "<"}  # as they are, or the other way round
_FULL = (ast.Gt, ast.GtE)


class _Answer(NamedTuple):
    """What such a method says."""

    definition: Definition
    buffer: str
    is_full: bool
    operator: str
    most: str  # of a partner that is called `{}`


def read_room(hierarchies: Sequence[Hierarchy]) -> list[Pausing]:
    """Return the methods by which objects of some *hierarchies* ask others for room, where that is understood."""
    gates = [gate for hierarchy in hierarchies for gate in hierarchy.methods.get("readable", ())]
    names = sorted({question.attr for gate in gates for question in _questions(gate)})
    return [known for name in names for known in [_read(name, hierarchies, gates)] if known is not None]


def _questions(gate: Definition) -> Iterator[ast.Attribute]:
    """Yield what readable() calls without an argument, as `self.partner.method`."""
    for node in walk(gate.function):
        func = node.func if isinstance(node, ast.Call) and not (node.args or node.keywords) else None
        if isinstance(func, ast.Attribute) and self_attribute(func.value, gate.self_name) is not None:
            yield func


def _read(name: str, hierarchies: Sequence[Hierarchy], gates: Sequence[Definition]) -> Pausing | None:
    answers = [_answer(d) for hierarchy in hierarchies for d in hierarchy.methods.get(name, ())]
    known = [answer for answer in answers if answer is not None]
    if not known or len(known) < len(answers) or len({answer[1:] for answer in known}) > 1:
        return None
    asked = {question for gate in gates for question in _questions(gate) if question.attr == name}
    modules = {id(gate.module): gate.module for gate in gates}
    mentions = {n for module in modules.values() for n in walk(module.source.tree) if last_name(n) == name}
    if mentions != asked:
        return None
    found = Pausing(name, known[0].buffer)
    found.removed = [answer.definition.place(answer.definition.function) for answer in known]
    for hierarchy in hierarchies:
        methods = {one: defined for one, defined in hierarchy.methods.items() if one != name}
        if "readable" in methods:
            methods["readable"] = [_spelt_out(gate, name, known[0]) for gate in methods["readable"]]
        if methods != hierarchy.methods:
            found.plain[hierarchy.top.qualname] = replace(hierarchy, methods=methods)
    return found


def _answer(definition: Definition) -> _Answer | None:
    body, function = significant(definition.function.body), definition.function
    test = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or function.decorator_list:
        return None
    measured = test.left.args if isinstance(test.left, ast.Call) and ast.unparse(test.left.func) == "len" else []
    buffer = self_attribute(measured[0], definition.self_name) if len(measured) == 1 else None
    most, operator = test.comparators[0], type(test.ops[0])
    if buffer is None or operator not in _OPERATORS or any(isinstance(node, ast.Call) for node in walk(most)):
        return None
    text = re.sub(rf"\b{definition.self_name}\b", "{}", ast.unparse(most))
    return _Answer(definition, buffer, operator in _FULL, _OPERATORS[operator], text)


def _spelt_out(gate: Definition, name: str, answer: _Answer) -> Definition:
    """Return readable() with the answer in place of the question."""
    texts = [ast.unparse(statement) for statement in gate.function.body]
    for question in (one for one in _questions(gate) if one.attr == name):
        partner = ast.unparse(question.value)
        asked = f"{'not ' if answer.is_full else ''}{partner}.{name}()"
        said = f"len({partner}.{answer.buffer}) {answer.operator} {answer.most.replace('{}', partner)}"
        texts = [text.replace(asked, said) for text in texts]
    body = [parsed for text in texts for parsed in ast.parse(text).body]
    for statement in body:
        for node in ast.walk(statement):
            ast.copy_location(node, gate.function.body[-1])
    return Definition(gate.entry, with_body(gate.function, body))
