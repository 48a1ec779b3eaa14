"""What ends a frame: how the terminators that a class sets follow each other.

asynchat's rules decide: a count is good for one frame, after which the terminator is 0; None, 0 and b"" end
nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.input.terminators import (
    BYTES,
    COUNT,
    NONE,
    TEXT,
    UNKNOWN,
    ZERO,
    Terminator,
    encode_all,
    terminators_of,
)
from asyncore_codemods.analyse.values.flow import PathWalker
from asyncore_codemods.analyse.values.numbers import (
    calls,
)
from asyncore_codemods.analyse.values.syntax import (
    constant_of,
    following,
    parent_map,
    self_attribute,
    statement_around,
)
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Framing, FramingFacts, Reason, Replacement
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy


def read_framing(
    hierarchy: Hierarchy, *, check_all: bool = False, any_kind: bool = False
) -> FramingFacts | list[Reason]:
    """Return the terminators of *hierarchy*, or the reasons why they are not understood.

    With *check_all*, negative lengths are refused where they are set, even if nothing follows. *any_kind* says that
    others set terminators, too.
    """
    found = terminators_of(hierarchy)
    if found.reasons:
        return found.reasons
    if not found.terminators:
        top = hierarchy.top
        place = Place(str(top.module.path), top.module.source.span(top.node))
        return [Reason(Code.TERMINATOR, "never sets a terminator that could be found", place)]
    return _judge(hierarchy, found.terminators, check_all=check_all, any_kind=any_kind)


def _judge(
    hierarchy: Hierarchy, terminators: list[Terminator], *, check_all: bool, any_kind: bool
) -> FramingFacts | list[Reason]:
    is_text = encode_all(hierarchy, terminators)
    if is_text and any_kind:
        message = "handles text, and its terminator may be set from outside"
        return [Reason(Code.TEXT_MODE, message, terminators[0].place)]
    facts = _framing_of(hierarchy, terminators, check_all=check_all, any_kind=any_kind)
    if isinstance(facts, FramingFacts):
        facts.is_text = is_text
        if is_text and facts.read:
            return [Reason(Code.TEXT_MODE, "handles text, and looks at its terminator", facts.read[0].place)]
    return facts


def _framing_of(
    hierarchy: Hierarchy, terminators: list[Terminator], *, check_all: bool, any_kind: bool
) -> FramingFacts | list[Reason]:
    for terminator in terminators:
        if terminator.kind == TEXT:
            return [
                Reason(
                    Code.TEXT_MODE,
                    f"sets the terminator to the text {terminator.value!r}, which on Python 3 fails at the first "
                    f"byte received",
                    terminator.place,
                )
            ]
    kinds = {terminator.kind for terminator in terminators}
    constants = {terminator.value for terminator in terminators if terminator.kind == BYTES}
    first = terminators[0]
    if any_kind:
        kinds |= {UNKNOWN}
    if kinds == {BYTES} and len(constants) == 1 and None not in constants and all(t.stable for t in terminators):
        return _constant(hierarchy, terminators, first)
    if kinds == {NONE}:
        facts = FramingFacts(Framing.NOTHING)
        _remove(terminators, facts)
        return facts
    return _changing(hierarchy, terminators, kinds, check_all=check_all)


def _constant(hierarchy: Hierarchy, terminators: list[Terminator], first: Terminator) -> FramingFacts:
    value = first.value
    assert isinstance(value, bytes)
    facts = FramingFacts(Framing.CONSTANT, first.stable, value, is_lines=value in (b"\n", b"\r\n", b"\r"))
    _remove(terminators, facts)
    path = str(hierarchy.top.module.path)
    for member, use in hierarchy.uses("get_terminator", "terminator"):
        span = use.call if use.name == "get_terminator" else use.span
        anywhere = str(member.module.path) == path or isinstance(first.node, ast.Constant)
        if (
            span is not None
            and use.kind in (Kind.CALL, Kind.READ)
            and anywhere
            and first.stable != "self.terminator"
        ):
            own = hierarchy.facts[member.qualname].methods[use.method].self_name
            text = first.stable.replace("self.", f"{own}.", 1) if first.stable.startswith("self.") else first.stable
            facts.read.append(Replacement(Place(str(member.module.path), span), text))
    return facts


def _remove(terminators: list[Terminator], facts: FramingFacts) -> None:
    for terminator in terminators:
        if terminator.use is not None:
            facts.removed.append(Place(terminator.place.path, terminator.use.statement))


def _changing(
    hierarchy: Hierarchy, terminators: list[Terminator], kinds: set[str], *, check_all: bool
) -> FramingFacts | list[Reason]:
    # set_terminator() raises for a negative length; where nothing follows, the read does so soon enough
    checked = [
        terminator
        for terminator in terminators
        if terminator.may_be_negative and (check_all or not _is_last_effect(hierarchy, terminator))
    ]
    may_be_empty = bool(kinds & {ZERO, NONE, UNKNOWN, "number"})
    counts = bool(kinds & {COUNT, UNKNOWN, "number"})
    delimiters = bool(kinds & {BYTES, UNKNOWN})
    runs_out = counts and not _always_set(hierarchy)
    framing = Framing.COUNTS if counts else Framing.DELIMITERS
    if counts and delimiters:
        framing = Framing.MIXED
    if may_be_empty or runs_out:
        framing, may_be_empty = Framing.MIXED if counts else Framing.OPEN, True
    one_shot = runs_out or (counts and _is_looked_at(hierarchy))
    facts = FramingFacts(framing, "self.terminator", may_be_empty=may_be_empty, one_shot=one_shot)
    facts.only_counts = counts and not delimiters
    facts.checks = {terminator.place.path for terminator in checked}
    for terminator in terminators:
        if terminator.use is not None and terminator.use.name == "set_terminator" and terminator.definition:
            text = terminator.text
            if terminator in checked:
                text = f"checked_terminator({text})"
            place = Place(terminator.place.path, terminator.use.statement)
            facts.assigned.append(Replacement(place, f"{terminator.definition.self_name}.terminator = {text}"))
    for member, use in hierarchy.uses("get_terminator"):
        if use.call is not None:
            own = hierarchy.facts[member.qualname].methods[use.method].self_name
            facts.read.append(Replacement(Place(str(member.module.path), use.call), f"{own}.terminator"))
    return facts


def _is_looked_at(hierarchy: Hierarchy) -> bool:
    """Tell whether the class could find out that a count is 0 once its frame is complete: it looks at it."""
    for definition in hierarchy.definitions():
        parents = parent_map(definition.function)
        for node in walk(definition.function):
            name = self_attribute(node, definition.self_name)
            if name not in ("terminator", "get_terminator") or isinstance(getattr(node, "ctx", None), ast.Store):
                continue
            asked = parents[node] if name == "get_terminator" else node
            if not _asks_for_the_kind(asked, parents[asked]):
                return True
    return False


def _asks_for_the_kind(asked: ast.AST, parent: ast.AST) -> bool:
    """Tell whether a terminator is only asked for its kind: a count that has run out is a count still."""
    if isinstance(parent, ast.Compare):
        sides = (parent.left, *parent.comparators)
        return all(side is asked or isinstance(constant_of(side)[1], bytes) for side in sides)
    return isinstance(parent, ast.expr) and calls(parent, "isinstance")


def _always_set(hierarchy: Hierarchy) -> bool:
    """Tell whether found_terminator() sets a terminator on every way out."""
    return all(
        _sets_always(hierarchy, definition, frozenset()) for definition in hierarchy.run_as("found_terminator")
    )


def _sets_always(hierarchy: Hierarchy, definition: Definition, active: frozenset[str]) -> bool:
    name, own = definition.function.name, definition.self_name

    def step(node: ast.AST, state: str) -> frozenset[str]:
        for inner in walk(node):
            if isinstance(inner, ast.Call):
                called = self_attribute(inner.func, own)
                if called == "set_terminator":
                    return frozenset({"set"})
                others = hierarchy.methods.get(called or "", [])
                certain = others and called not in active | {name} and not _is_conditional(node, inner)
                if certain and all(_sets_always(hierarchy, other, active | {name}) for other in others):
                    return frozenset({"set"})
            is_stored = isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store)
            if is_stored and self_attribute(inner, own) == "terminator":
                return frozenset({"set"})
        return frozenset({state})

    walker: PathWalker[str] = PathWalker(step)
    return walker.exits(definition.function, frozenset({"unset"})) <= {"set"}


def _is_conditional(root: ast.AST, node: ast.AST) -> bool:
    """Tell whether *node* is evaluated only sometimes inside the expression or statement *root*."""
    parents = parent_map(root)
    current = node
    while current in parents:
        parent = parents[current]
        if isinstance(parent, (ast.BoolOp, ast.IfExp, ast.Lambda, ast.ListComp, ast.GeneratorExp)):
            return True
        current = parent
    return False


def _is_last_effect(hierarchy: Hierarchy, terminator: Terminator) -> bool:
    """Tell whether nothing but assignments follows until the handler ends, in the callers of the method as well."""
    definition = terminator.definition
    return definition is None or _nothing_follows(hierarchy, definition, terminator.node, frozenset())


def _nothing_follows(hierarchy: Hierarchy, definition: Definition, node: ast.AST, active: frozenset[str]) -> bool:
    name = definition.function.name
    if name in ("__init__", "found_terminator"):
        return name == "__init__" or _last_in_method(definition, node)
    return _last_in_method(definition, node) and _last_where_called(hierarchy, name, active)


def _last_where_called(hierarchy: Hierarchy, name: str, active: frozenset[str]) -> bool:
    """Tell whether nothing follows the calls of a method, or of the attribute that it is kept in."""
    if name in active:
        return False
    known = False
    for caller in hierarchy.definitions():
        parents = parent_map(caller.function)
        for node in walk(caller.function):
            if self_attribute(node, caller.self_name) != name or not isinstance(node, ast.Attribute):
                continue
            parent = parents[node]
            if isinstance(parent, ast.Call) and parent.func is node:
                last = _nothing_follows(hierarchy, caller, node, active | {name})
            elif isinstance(parent, ast.Assign) and parent.value is node:  # self.state = self.on_header
                kept = [self_attribute(target, caller.self_name) for target in parent.targets]
                last = all(
                    a is not None and (a in active or _last_where_called(hierarchy, a, active | {name}))
                    for a in kept
                )
            else:
                last = isinstance(parent, ast.Assign) and node in parent.targets
            if not last:
                return False
            known = True
    return known  # if nobody calls it, something chooses it at run time


def _last_in_method(definition: Definition, node: ast.AST) -> bool:
    parents = parent_map(definition.function)
    current: ast.AST = statement_around(node, parents)
    while current is not definition.function:
        parent = parents[current]
        for later in following(parent, current):
            if isinstance(later, ast.Return) and later.value is None:
                return True
            if not _only_assigns(later):
                return False
        if isinstance(parent, (ast.For, ast.While)):
            return False
        current = parent
    return True


def _only_assigns(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return False
    value = statement.value
    return value is None or not any(isinstance(node, ast.Call) for node in walk(value))
