"""How a session ends: who closes it, and what its hooks do then.

asyncore's rules: handle_close() runs on end of file, on an error, and when close_when_done() has finished; close()
itself runs no hook. handle_error() by default prints one line and calls handle_close().
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.flow import PathWalker
from asyncore_codemods.analyse.hierarchies import base_calls
from asyncore_codemods.analyse.syntax import self_attribute
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Use
    from asyncore_codemods.spans import Place

_ENDERS = ("close", "handle_close")


@dataclass
class EndingFacts:
    """Who closes the channel, and with which hooks."""

    overrides_handle_close: bool = False
    overrides_handle_error: bool = False
    overrides_close: bool = False
    hard: list[tuple[ClassEntry, Use]] = field(default_factory=list)  # close() outside the hooks
    soft: list[tuple[ClassEntry, Use]] = field(default_factory=list)  # close_when_done()
    hooks_called: list[tuple[ClassEntry, Use]] = field(default_factory=list)  # handle_close() called by the author
    in_hooks: list[tuple[ClassEntry, Use]] = field(default_factory=list)  # close() in handle_close and the like
    base: list[tuple[ClassEntry, Use]] = field(default_factory=list)  # async_chat.close(self) and the like


def read_endings(
    hierarchy: Hierarchy, dead: Sequence[Place] = (), *, may_raise: bool = False
) -> EndingFacts | list[Reason]:
    """Return how sessions of *hierarchy* end, or the reasons why that is not understood.

    What stands in *dead* places will be gone. *may_raise* says that an exception from handle_error() is as good as
    one from the loop.
    """
    facts = EndingFacts(
        hierarchy.overrides("handle_close"), hierarchy.overrides("handle_error"), hierarchy.overrides("close")
    )
    reasons: list[Reason] = []
    base = {id(use) for name in (*_ENDERS, "handle_error") for _, use in base_calls(hierarchy, name)}
    for entry, use in hierarchy.uses("close", "close_when_done", "handle_close", "handle_error"):
        place = hierarchy.place(entry, use)
        if any(place.path == gone.path and gone.span.contains(place.span) for gone in dead):
            continue
        if not use.is_call:
            reasons.append(Reason(Code.INTERNALS, f"passes on self.{use.name} as a value", place))
        elif id(use) in base:
            facts.base.append((entry, use))
        elif use.name == "close_when_done":
            facts.soft.append((entry, use))
        elif use.name == "handle_error":
            reasons.append(Reason(Code.HANDLE_ERROR, "calls handle_error() itself", place))
        elif use.name == "handle_close":
            (facts.in_hooks if use.method == "handle_error" else facts.hooks_called).append((entry, use))
        elif use.method in ("handle_close", "handle_error"):
            facts.in_hooks.append((entry, use))
        else:
            facts.hard.append((entry, use))
    reasons += _check_hooks(hierarchy, may_raise=may_raise)
    return reasons or facts


def _check_hooks(hierarchy: Hierarchy, *, may_raise: bool) -> list[Reason]:
    reasons = []
    for name, code in (("handle_close", Code.HANDLE_CLOSE), ("handle_error", Code.HANDLE_ERROR)):
        for definition in hierarchy.methods.get(name, ()):
            place = definition.place(definition.function)
            if isinstance(definition.function, ast.AsyncFunctionDef) or definition.function.decorator_list:
                reasons.append(Reason(code, f"{name}() is a coroutine or decorated", place))
            elif len(definition.function.args.args) != 1:
                reasons.append(Reason(code, f"{name}() takes arguments, which asyncore never gave it", place))
            elif name == "handle_error" and _raises(definition) and not may_raise:
                reasons.append(Reason(code, "handle_error() raises, which ended asyncore.loop()", place))
            elif not closes_always(hierarchy, definition, frozenset()):
                reasons.append(Reason(code, f"{name}() does not close the channel on every path", place))
    for definition in hierarchy.methods.get("close", ()):
        place = definition.place(definition.function)
        if not closes_always(hierarchy, definition, frozenset()):
            reasons.append(
                Reason(
                    Code.CLOSE_OVERRIDE, "its close() does not call the base class's close() on every path", place
                )
            )
    return reasons


def _raises(definition: Definition) -> bool:
    return any(isinstance(node, ast.Raise) for node in walk(definition.function))


def closes_always(hierarchy: Hierarchy, definition: Definition, active: frozenset[str]) -> bool:
    """Tell whether every way out of a method passes a call that closes the channel."""
    own = definition.self_name
    name = definition.function.name

    def closes(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        called = self_attribute(node.func, own)
        if called is None:
            return (
                isinstance(node.func, ast.Attribute)
                and _is_base_call(node, own)
                and node.func.attr
                in (
                    "close",
                    "handle_close",
                    "handle_error",
                )
            )
        if called == name or called in active:
            return False
        defined = hierarchy.methods.get(called)
        if defined:
            return all(closes_always(hierarchy, other, active | {name}) for other in defined)
        return called in _ENDERS

    def step(node: ast.AST, state: str) -> frozenset[str]:
        return frozenset({"closed" if any(closes(inner) for inner in walk(node)) else state})

    walker: PathWalker[str] = PathWalker(step)
    return walker.exits(definition.function, frozenset({"open"})) <= {"closed"}


def _is_base_call(call: ast.Call, own: str) -> bool:
    func = call.func
    assert isinstance(func, ast.Attribute)
    if isinstance(func.value, ast.Call):
        return isinstance(func.value.func, ast.Name) and func.value.func.id == "super"
    return bool(call.args) and isinstance(call.args[0], ast.Name) and call.args[0].id == own
