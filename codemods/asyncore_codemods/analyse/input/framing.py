"""What ends a frame: every terminator that a class sets, and how they follow each other.

asynchat's rules decide: a count is good for one frame, after which the terminator is 0; None, 0 and b"" end
nothing.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.input.text_mode import as_bytes, encodes_terminators
from asyncore_codemods.analyse.values.flow import PathWalker
from asyncore_codemods.analyse.values.numbers import (
    calls,
    excludes_negative,
    excludes_zero,
    is_tested,
    never_negative,
    number_like,
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
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Use

_BYTES, _COUNT, _ZERO, _NONE, _TEXT, _UNKNOWN = "bytes", "count", "zero", "none", "text", "unknown"


@dataclass
class _Terminator:
    """One value that the terminator is set to."""

    node: ast.expr
    place: Place
    kind: str
    value: object = None
    stable: str = ""  # an expression with the same value in any method, "" if there is none
    definition: Definition | None = None
    use: Use | None = None
    entry: ClassEntry | None = None
    may_be_negative: bool = False
    bytes_text: str = ""  # for a text: the expression that has its bytes

    @property
    def text(self) -> str:
        """What the terminator is set to in rewritten code."""
        assert self.definition is not None
        return self.bytes_text or self.definition.module.source.segment(self.node)


@dataclass
class _Found:
    terminators: list[_Terminator] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def read_framing(
    hierarchy: Hierarchy, *, check_all: bool = False, any_kind: bool = False
) -> FramingFacts | list[Reason]:
    """Return the terminators of *hierarchy*, or the reasons why they are not understood.

    With *check_all*, negative lengths are refused where they are set, even if nothing follows. *any_kind* says that
    others set terminators, too.
    """
    found = _terminators(hierarchy)
    if found.reasons:
        return found.reasons
    if not found.terminators:
        top = hierarchy.top
        place = Place(str(top.module.path), top.module.source.span(top.node))
        return [Reason(Code.TERMINATOR, "never sets a terminator that could be found", place)]
    return _judge(hierarchy, found.terminators, check_all=check_all, any_kind=any_kind)


def _terminators(hierarchy: Hierarchy) -> _Found:
    found = _Found()
    for definition in hierarchy.definitions():
        _read_method(hierarchy, definition, found)
    _read_class_attributes(hierarchy, found)
    return found


def _read_method(hierarchy: Hierarchy, definition: Definition, found: _Found) -> None:
    entry, function = definition.entry, definition.function
    if function.name in ("set_terminator", "get_terminator"):
        found.reasons.append(Reason(Code.OVERRIDE, f"overrides {function.name}()", definition.place(function)))
        return
    parents = parent_map(function)
    span = definition.place(function).span
    for use in hierarchy.facts[entry.qualname].uses:
        if use.name not in ("set_terminator", "terminator") or not span.contains(use.span):
            continue
        node = _node_at(function, definition, use)
        if use.name == "set_terminator":
            if not use.is_call or len(use.arguments) != 1 or not use.alone or use.deferred:
                found.reasons.append(
                    Reason(
                        Code.TERMINATOR,
                        "uses set_terminator() as a value",
                        Place(str(definition.module.path), use.span),
                    )
                )
                continue
            call = parents[node]
            assert isinstance(call, ast.Call)
            value = call.args[-1] if call.args else call.keywords[0].value
            found.terminators.append(_describe(hierarchy, definition, value, use))
        elif use.kind is Kind.WRITE:
            if not use.alone:
                found.reasons.append(
                    Reason(
                        Code.TERMINATOR,
                        "changes self.terminator in place",
                        Place(str(definition.module.path), use.span),
                    )
                )
                continue
            statement = parents[node]
            assert isinstance(statement, (ast.Assign, ast.AnnAssign))
            assert statement.value is not None
            found.terminators.append(_describe(hierarchy, definition, statement.value, use))
        elif use.kind is Kind.DELETE:
            found.reasons.append(
                Reason(Code.TERMINATOR, "deletes self.terminator", Place(str(definition.module.path), use.span))
            )


def _node_at(function: ast.AST, definition: Definition, use: Use) -> ast.AST:
    source = definition.module.source
    return next(
        node for node in walk(function) if isinstance(node, ast.Attribute) and source.span(node) == use.span
    )


def _read_class_attributes(hierarchy: Hierarchy, found: _Found) -> None:
    for member in hierarchy.members:
        for statement in member.node.body:
            if isinstance(statement, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == "terminator" for t in statement.targets
            ):
                place = Place(str(member.module.path), member.module.source.span(statement.value))
                kind, value = _kind_of(member.module, statement.value)
                found.terminators.append(
                    _Terminator(statement.value, place, kind, value, "self.terminator", entry=member)
                )


def _describe(hierarchy: Hierarchy, definition: Definition, node: ast.expr, use: Use) -> _Terminator:
    module, own = definition.module, definition.self_name
    kind, value = _kind_of(module, node)
    stable = ""
    attribute = self_attribute(node, own)
    if attribute is not None:
        kind, value = _class_constant(hierarchy, attribute)
        stable = f"self.{attribute}" if kind != _UNKNOWN else ""
    elif constant_of(node)[0] or (isinstance(node, (ast.Name, ast.Attribute)) and kind != _UNKNOWN):
        stable = module.source.segment(node)
    elif calls(node, "encode"):
        kind, value = _encoded(hierarchy, definition, node)
        stable = module.source.segment(node) if kind != _UNKNOWN else ""
    signed = False
    if kind == _UNKNOWN:
        kind = _kind_of_local(definition, node)
        signed = not never_negative(definition, node, 0) and not is_tested(definition, node, excludes_negative)
    return _Terminator(node, definition.place(node), kind, value, stable, definition, use, definition.entry, signed)


def _encoded(hierarchy: Hierarchy, definition: Definition, node: ast.expr) -> tuple[str, object]:
    """Return the kind and value of `EOL.encode()` or `self.eol.encode("ascii")`, where that is a constant."""
    assert isinstance(node, ast.Call)
    known = [constant_of(argument) for argument in node.args]
    if not isinstance(node.func, ast.Attribute) or node.keywords or not all(one for one, _ in known):
        return _UNKNOWN, None
    attribute = self_attribute(node.func.value, definition.self_name)
    if attribute is not None and not _is_set_anywhere(hierarchy, attribute):
        _, text = _class_constant(hierarchy, attribute)
    elif attribute is not None:
        return _UNKNOWN, None
    else:
        _, text = _kind_of(definition.module, node.func.value)
    if not isinstance(text, str):
        return _UNKNOWN, None
    try:
        value = text.encode(*(str(argument) for _, argument in known))
    except (LookupError, TypeError, UnicodeError):
        return _UNKNOWN, None
    return _kind_of_value(value), value


def _is_set_anywhere(hierarchy: Hierarchy, attribute: str) -> bool:
    """Tell whether an attribute is set outside a class body, of whatever object."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == attribute and not isinstance(node.ctx, ast.Load)
        for module in hierarchy.project.modules.values()
        if attribute in module.source.text
        for node in walk(module.source.tree)
    )


def _kind_of(module: Module, node: ast.expr) -> tuple[str, object]:
    """Return what sort of terminator *node* is, and its value if that is written in the source."""
    known, value = constant_of(node)
    if known:
        return _kind_of_value(value), value
    if isinstance(node, ast.Name):
        assigned = module.assigned.get(node.id, [])
        if len(assigned) == 1 and not _rebound(module, node.id):
            return _kind_of(module, assigned[0])
    if isinstance(node, ast.Attribute) and node.attr == "size" and isinstance(node.value, ast.Name):
        assigned = module.assigned.get(node.value.id, [])
        if len(assigned) == 1 and calls(assigned[0], "Struct"):
            return _COUNT, None
    if calls(node, "calcsize"):
        return _COUNT, None
    if calls(node, "encode") or calls(node, "bytes"):
        return _UNKNOWN, None
    return _UNKNOWN, None


def _kind_of_value(value: object) -> str:
    if value is None:
        return _NONE
    if isinstance(value, str):
        return _TEXT
    if isinstance(value, bytes):
        return _BYTES if value else _ZERO
    if isinstance(value, int) and not isinstance(value, bool):
        return _COUNT if value > 0 else _ZERO
    return _UNKNOWN


def _rebound(module: Module, name: str) -> bool:
    """Tell whether a module-level name is assigned anywhere else, through `global` for instance."""
    return any(isinstance(node, ast.Global) and name in node.names for node in walk(module.source.tree)) or any(
        isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id == name
        for node in walk(module.source.tree)
    )


def _class_constant(hierarchy: Hierarchy, attribute: str) -> tuple[str, object]:
    """Return the kind and value of a class attribute that no method and no subclass assigns again."""
    values: list[tuple[Module, ast.expr]] = []
    for member in hierarchy.members:
        for statement in member.node.body:
            if isinstance(statement, ast.Assign):
                values += [
                    (member.module, statement.value)
                    for target in statement.targets
                    if isinstance(target, ast.Name) and target.id == attribute
                ]
        if any(write.name == attribute for write in hierarchy.facts[member.qualname].writes):
            return _UNKNOWN, None
    found = [_kind_of(*value) for value in values]
    if len(found) == 1:
        return found[0]
    kinds = {kind for kind, _ in found}  # subclasses have ends of their own
    return (kinds.pop() if kinds in ({_BYTES}, {_COUNT}) else _UNKNOWN), None


def _kind_of_local(definition: Definition, node: ast.expr) -> str:
    """Find out whether a computed terminator can only be a positive number."""
    numbers = number_like(definition, node, 0)
    if numbers and is_tested(definition, node, excludes_zero):
        return _COUNT
    return "number" if numbers else _UNKNOWN


# -- the verdict


def handles_text(hierarchy: Hierarchy) -> bool:
    """Tell whether a class sets a terminator that is text, and means it."""
    return any(t.kind == _TEXT for t in _terminators(hierarchy).terminators) and not encodes_terminators(hierarchy)


def _encode_all(hierarchy: Hierarchy, terminators: list[_Terminator]) -> bool:
    """Turn terminators that are text into bytes; return whether the class handles text."""
    encoding = encodes_terminators(hierarchy)
    texts = [terminator for terminator in terminators if terminator.kind == _TEXT]
    mixed = {terminator.kind for terminator in terminators} & {_BYTES, _UNKNOWN}
    if mixed and not encoding:
        return False
    for terminator in texts:
        _encode(terminator, encoding)
    return bool(texts) and not encoding


def _encode(terminator: _Terminator, encoding: str) -> None:
    if encoding and terminator.use is None:
        return  # asynchat only encodes what set_terminator() is given
    try:
        value = str(terminator.value).encode(encoding or "utf-8")
    except (LookupError, UnicodeError):
        return
    text = terminator.stable
    if terminator.definition is not None:
        text = terminator.definition.module.source.segment(terminator.node)
    argument = f'"{encoding}"' if encoding else ""
    terminator.bytes_text = f"{text}.encode({argument})"
    if isinstance(terminator.node, ast.Constant) and terminator.definition is not None:
        terminator.bytes_text = as_bytes(text, encoding or "utf-8")
    terminator.kind, terminator.value = _BYTES if value else _ZERO, value
    terminator.stable = terminator.bytes_text if terminator.stable else ""


def _judge(
    hierarchy: Hierarchy, terminators: list[_Terminator], *, check_all: bool, any_kind: bool
) -> FramingFacts | list[Reason]:
    is_text = _encode_all(hierarchy, terminators)
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
    hierarchy: Hierarchy, terminators: list[_Terminator], *, check_all: bool, any_kind: bool
) -> FramingFacts | list[Reason]:
    for terminator in terminators:
        if terminator.kind == _TEXT:
            return [
                Reason(
                    Code.TEXT_MODE,
                    f"sets the terminator to the text {terminator.value!r}, which on Python 3 fails at the first "
                    f"byte received",
                    terminator.place,
                )
            ]
    kinds = {terminator.kind for terminator in terminators}
    constants = {terminator.value for terminator in terminators if terminator.kind == _BYTES}
    first = terminators[0]
    if any_kind:
        kinds |= {_UNKNOWN}
    if kinds == {_BYTES} and len(constants) == 1 and None not in constants and all(t.stable for t in terminators):
        return _constant(hierarchy, terminators, first)
    if kinds == {_NONE}:
        facts = FramingFacts(Framing.NOTHING)
        _remove(terminators, facts)
        return facts
    return _changing(hierarchy, terminators, kinds, check_all=check_all)


def _constant(hierarchy: Hierarchy, terminators: list[_Terminator], first: _Terminator) -> FramingFacts:
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


def _remove(terminators: list[_Terminator], facts: FramingFacts) -> None:
    for terminator in terminators:
        if terminator.use is not None:
            facts.removed.append(Place(terminator.place.path, terminator.use.statement))


def _changing(
    hierarchy: Hierarchy, terminators: list[_Terminator], kinds: set[str], *, check_all: bool
) -> FramingFacts | list[Reason]:
    # set_terminator() raises for a negative length; where nothing follows, the read does so soon enough
    checked = [
        terminator
        for terminator in terminators
        if terminator.may_be_negative and (check_all or not _is_last_effect(hierarchy, terminator))
    ]
    may_be_empty = bool(kinds & {_ZERO, _NONE, _UNKNOWN, "number"})
    counts = bool(kinds & {_COUNT, _UNKNOWN, "number"})
    delimiters = bool(kinds & {_BYTES, _UNKNOWN})
    runs_out = counts and not _always_set(hierarchy)
    framing = Framing.COUNTS if counts else Framing.DELIMITERS
    if counts and delimiters:
        framing = Framing.MIXED
    if may_be_empty or runs_out:
        framing, may_be_empty = Framing.MIXED if counts else Framing.OPEN, True
    one_shot = runs_out or (counts and _is_looked_at(hierarchy))
    facts = FramingFacts(framing, "self.terminator", may_be_empty=may_be_empty, one_shot=one_shot)
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


def _is_last_effect(hierarchy: Hierarchy, terminator: _Terminator) -> bool:
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
