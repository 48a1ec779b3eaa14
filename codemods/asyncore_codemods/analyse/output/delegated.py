"""Hooks that leave it to another method what they do: `def handle_write(self): self.flush()`.

Other methods may call that one, too, as soon as they have put something into the buffer. In new code what is put
there is written at once, so the hook, the method and all calls of it go.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.usage.own_state import named_in_text
from asyncore_codemods.analyse.values.syntax import parent_map, self_attribute, significant, suite_of
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.spans import Place


@dataclass(frozen=True)
class Delegated:
    """The method that does what a hook is for, often the hook itself, and what goes with the two."""

    definition: Definition
    removed: list[Place] = field(default_factory=list)


def read_delegated(hierarchy: Hierarchy, hook: Definition, outside: list[OutsideUse]) -> Delegated:
    """Return who does what *hook*, handle_write() or a predicate, is for."""
    here = Delegated(hook, [hook.place(hook.function)])
    body = significant(hook.function.body)
    call = body[0].value if len(body) == 1 and isinstance(body[0], (ast.Expr, ast.Return)) else None
    name = self_attribute(call.func, hook.self_name) if isinstance(call, ast.Call) else None
    defined = hierarchy.methods.get(name or "", [])
    if name is None or len(defined) != 1 or not _is_plain(hierarchy, defined[0]):
        return here
    if any(use.name == name and use.may_be(hierarchy.names) for use in outside) or named_in_text(hierarchy, name):
        return here
    calls = _calls(hierarchy, hook, name)
    if calls is None or (calls and not _ends_quietly(hierarchy)):
        return here
    return Delegated(defined[0], [*here.removed, defined[0].place(defined[0].function), *calls])


def _is_plain(hierarchy: Hierarchy, definition: Definition) -> bool:
    """Tell whether a method is the same for all classes, and takes nothing."""
    function = definition.function
    plain = isinstance(function, ast.FunctionDef) and not function.decorator_list
    return plain and hierarchy.has_for_all(definition.entry) and ast.unparse(function.args) == definition.self_name


def _ends_quietly(hierarchy: Hierarchy) -> bool:
    """Tell whether nobody hears of it in the midst of a handler that send() finds the peer gone."""
    return all(
        hierarchy.facts[definition.entry.qualname].methods[name].trivial
        for name in ("handle_close", "handle_error", "close")
        for definition in hierarchy.methods.get(name, ())
    )


def _calls(hierarchy: Hierarchy, hook: Definition, name: str) -> list[Place] | None:
    """Return the statements beside *hook* that only call a method, None if it is used in another way.

    A statement that is alone in its block cannot go.
    """
    calls: list[Place] = []
    for definition in hierarchy.definitions():
        parents = parent_map(definition.function)
        mentions = [n for n in walk(definition.function, ast.Attribute) if n.attr == name]
        for node in mentions if definition != hook else ():
            call, statement = parents[node], parents[parents[node]]
            is_call = isinstance(call, ast.Call) and call.func is node and isinstance(statement, ast.Expr)
            if not is_call or len(suite_of(parents[statement], statement)) < 2:
                return None
            calls.append(definition.place(statement))
    return calls
