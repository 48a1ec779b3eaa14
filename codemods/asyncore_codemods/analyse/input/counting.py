"""recv() and send() of the author's own, which count what asyncore's have received and sent.

What recv() counts is counted at the start of handle_read() instead, which is given what was received; send() stays.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import base_calls
from asyncore_codemods.analyse.lifetime.noting import says_the_time
from asyncore_codemods.analyse.values.syntax import is_length_of, self_attribute, significant
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.spans import Place


@dataclass(frozen=True)
class Counting:
    """A recv() that hands on what asyncore's has received, and what it does about that."""

    definition: Definition
    name: str  # what it calls that
    notes: list[ast.stmt]

    @property
    def place(self) -> Place:
        """Where it is defined."""
        return self.definition.place(self.definition.function)

    def noted(self, own: str, name: str) -> str:
        """Return its notes for a method that calls its object *own*, and what was received *name*."""
        names = {self.definition.self_name: own, self.name: name}
        notes = copy.deepcopy(self.notes)
        for note in notes:
            for node in walk(note, ast.Name):
                node.id = names.get(node.id, node.id)
        return "\n".join(map(ast.unparse, notes))


def read_counting(hierarchy: Hierarchy) -> Counting | None:
    """Return the recv() of *hierarchy*, None if there is none, or one that does anything else.

    It may only count, or look at the clock: it is called with nothing, too, when a connection has ended.
    """
    definitions, calls = hierarchy.methods.get("recv", []), list(base_calls(hierarchy, "recv"))
    if len(definitions) != 1 or len(calls) != 1 or not hierarchy.has_for_all(definitions[0].entry):
        return None
    definition = definitions[0]
    body, names = significant(definition.function.body), [arg.arg for arg in definition.function.args.args[1:]]
    first, last = body[0], body[-1]
    if not isinstance(first, ast.Assign) or not isinstance(first.targets[0], ast.Name) or len(names) != 1:
        return None
    received, call = first.targets[0].id, calls[0][1]
    is_base = isinstance(first.value, ast.Call) and definition.place(first.value).span == call.call
    plain = is_base and [given.text for given in call.arguments] == names and isinstance(last, ast.Return)
    if not plain or ast.unparse(last) != f"return {received}":
        return None
    counting = Counting(definition, received, body[1:-1])
    return counting if all(_is_note(hierarchy, definition, note, received) for note in counting.notes) else None


def counts_and_sends(hierarchy: Hierarchy, definition: Definition) -> bool:
    """Tell whether a send() of the author's own sends what it is given, all of it, and counts."""
    body, names = significant(definition.function.body), [a.arg for a in definition.function.args.args[1:]]
    calls = [use for entry, use in base_calls(hierarchy, "send") if entry is definition.entry]
    if len(calls) != 1 or len(names) != 1 or not hierarchy.has_for_all(definition.entry):
        return False
    notes = [statement for statement in body if definition.place(statement).span != calls[0].statement]
    if not calls[0].alone or len(notes) + 1 != len(body) or [g.text for g in calls[0].arguments] != names:
        return False
    return all(_is_note(hierarchy, definition, note, names[0]) for note in notes)


def _is_note(hierarchy: Hierarchy, definition: Definition, statement: ast.stmt, data: str) -> bool:
    """Tell whether a statement adds the length of *data* to an attribute, or looks at the clock."""
    if says_the_time(hierarchy, definition, statement):
        return True
    return (
        isinstance(statement, ast.AugAssign)
        and isinstance(statement.op, ast.Add)
        and _is_counter(statement.target, definition.self_name)
        and is_length_of(statement.value, data)
    )


def _is_counter(target: ast.expr, own: str) -> bool:
    """Tell whether *target* is an attribute of the object, or of one that it has."""
    return self_attribute(target, own) is not None or (
        isinstance(target, ast.Attribute) and self_attribute(target.value, own) is not None
    )
